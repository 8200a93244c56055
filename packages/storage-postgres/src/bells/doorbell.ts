import { createHash, randomUUID } from "node:crypto";
import { systemPause } from "@syntha/core/storage";
import type { Connections } from "../connections/connections.ts";
import { call, prepared } from "../connections/statement.ts";
import { Bells } from "./bells.ts";
import { Listener } from "./listener.ts";
import type { Sql } from "../tables/index.ts";
import type { Settings } from "../settings.ts";

const NOTIFY = prepared("SELECT pg_notify($1, u.payload) FROM unnest($2::text[]) u(payload)");

/** Each notification is a transaction of the server's: one for every commit of a busy process would slow them all. */
const REST_MS = 4;

/** How long a last notification may take. */
const GOODBYE_MS = 1_000;

/**
 * Tells this process of others' commits, and others of this one's. A notification carries no data: no tenant's name,
 * as anybody who may connect can listen. It is sent after the commit, in a statement of its own, and many at once; one
 * that is lost is made good by looking at the heads now and then.
 */
export class Doorbell {
  readonly #connections: Connections;
  readonly #channel: string;
  readonly #self = randomUUID();
  readonly #listener: Listener;
  readonly #bells: Bells;
  readonly #waiting = new Set<string>();
  #isOpen = false;
  #sending: Promise<void> | undefined;

  constructor(connections: Connections, sql: Sql, settings: Settings) {
    this.#connections = connections;
    this.#channel = `syntha_${digest(settings.schema)}`;
    this.#bells = new Bells((isNeeded) => this.#listenIf(isNeeded));
    this.#listener = new Listener(
      connections,
      sql,
      settings,
      this.#channel,
      this.#bells,
      (payload) => this.#hear(payload),
    );
  }

  start(): void {
    this.#isOpen = true;
    this.#listenIf(this.#bells.isNeeded);
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
    // Others look at the heads as well.
    if (this.#sending !== undefined) await Promise.race([this.#sending, systemPause(GOODBYE_MS)]);
    await this.#listener.stop();
  }

  add(tenant: string, ring: () => void): () => void {
    return this.#bells.add(tenant, ring);
  }

  /** After a commit of this process. */
  ring(tenant: string): void {
    this.#bells.ring(tenant);
    this.#waiting.add(tenant);
    this.#sending ??= this.#send();
  }

  #listenIf(isNeeded: boolean): void {
    if (isNeeded && this.#isOpen) this.#listener.start();
    else void this.#listener.stop();
  }

  /** The first at once; whatever comes while it is sent, and shortly after, goes together with the next. */
  async #send(): Promise<void> {
    while (this.#waiting.size > 0) {
      const payloads = [...this.#waiting].map((tenant) => `${this.#self} ${digest(tenant)}`);
      this.#waiting.clear();
      const notify = call(NOTIFY, this.#channel, payloads);
      try {
        await (this.#listener.run([notify]) ?? this.#connections.use((link) => link.run([notify])));
      } catch {
        // Others look at the heads as well.
      }
      await systemPause(REST_MS);
    }
    this.#sending = undefined;
  }

  #hear(payload: string): void {
    const [sender, hash] = payload.split(" ");
    if (sender === this.#self) return;
    for (const tenant of this.#bells.tenants) if (digest(tenant) === hash) this.#bells.ring(tenant);
  }
}

const digests = new Map<string, string>();
const MOST_DIGESTS = 10_000;

function digest(text: string): string {
  let known = digests.get(text);
  if (known === undefined) {
    if (digests.size >= MOST_DIGESTS) digests.clear();
    known = createHash("sha256").update(text).digest("hex").slice(0, 24);
    digests.set(text, known);
  }
  return known;
}
