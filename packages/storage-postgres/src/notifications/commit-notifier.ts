import { createHash, randomUUID } from "node:crypto";
import { systemPause } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { call, prepared } from "../connection/statement.ts";
import { CommitListeners } from "./commit-listeners.ts";
import { Listener } from "./listener.ts";
import type { Tables } from "../tables/index.ts";
import type { Settings } from "../settings.ts";

const NOTIFY = prepared("SELECT pg_notify($1, u.payload) FROM unnest($2::text[]) u(payload)");

/** Each notification is a transaction of the server's: one for every commit of a busy process would slow them all. */
const BATCH_MS = 4;

/** How long a last notification may take. */
const STOP_TIMEOUT_MS = 1_000;

/**
 * Tells this process of others' commits, and others of this one's. A notification carries no data: no tenant's name,
 * as anybody who may connect can listen. It is sent after the commit, in a statement of its own, and many at once; one
 * that is lost is made good by looking at the heads now and then.
 */
export class CommitNotifier {
  readonly #connections: Connections;
  readonly #channel: string;
  readonly #self = randomUUID();
  readonly #listener: Listener;
  readonly #listeners: CommitListeners;
  readonly #pending = new Set<string>();
  #isOpen = false;
  #sending: Promise<void> | undefined;

  constructor(connections: Connections, tables: Tables, settings: Settings) {
    this.#connections = connections;
    this.#channel = `syntha_${digest(settings.schema)}`;
    this.#listeners = new CommitListeners((isNeeded) => this.#listenIf(isNeeded));
    this.#listener = new Listener(
      connections,
      tables,
      settings,
      this.#channel,
      this.#listeners,
      (payload) => this.#receive(payload),
    );
  }

  start(): void {
    this.#isOpen = true;
    this.#listenIf(this.#listeners.isNeeded);
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
    // Others look at the heads as well.
    if (this.#sending !== undefined)
      await Promise.race([this.#sending, systemPause(STOP_TIMEOUT_MS)]);
    await this.#listener.stop();
  }

  onCommit(tenant: string, ring: () => void): () => void {
    return this.#listeners.add(tenant, ring);
  }

  /** After a commit of this process. */
  notify(tenant: string): void {
    this.#listeners.notify(tenant);
    this.#pending.add(tenant);
    this.#sending ??= this.#send();
  }

  #listenIf(isNeeded: boolean): void {
    if (isNeeded && this.#isOpen) this.#listener.start();
    else void this.#listener.stop();
  }

  /** The first at once; whatever comes while it is sent, and shortly after, goes together with the next. */
  async #send(): Promise<void> {
    while (this.#pending.size > 0) {
      const payloads = [...this.#pending].map((tenant) => `${this.#self} ${digest(tenant)}`);
      this.#pending.clear();
      const notify = call(NOTIFY, this.#channel, payloads);
      try {
        await (this.#listener.run([notify]) ??
          this.#connections.use((connection) => connection.run([notify])));
      } catch {
        // Others look at the heads as well.
      }
      await systemPause(BATCH_MS);
    }
    this.#sending = undefined;
  }

  #receive(payload: string): void {
    const [sender, hash] = payload.split(" ");
    if (sender === this.#self) return;
    for (const tenant of this.#listeners.tenants)
      if (digest(tenant) === hash) this.#listeners.notify(tenant);
  }
}

const digests = new Map<string, string>();
const MAX_DIGESTS = 10_000;

function digest(text: string): string {
  let known = digests.get(text);
  if (known === undefined) {
    if (digests.size >= MAX_DIGESTS) digests.clear();
    known = createHash("sha256").update(text).digest("hex").slice(0, 24);
    digests.set(text, known);
  }
  return known;
}
