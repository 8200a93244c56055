import { createHash, randomUUID } from "node:crypto";
import { KeyedListeners, systemPause, type Unsubscribe } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { type Call, call, prepared } from "../connection/statement.ts";
import type { Settings } from "../settings.ts";
import type { Tables } from "../tables/index.ts";
import { Listener } from "./listener.ts";

const NOTIFY = prepared("SELECT pg_notify($1, u.payload) FROM unnest($2::text[]) u(payload)");

/**
 * The time for one notification, on average: each is a separate transaction, and one per commit would slow many commits down.
 * A few may follow one another at once, so that agents that answer each other do not wait.
 */
const NOTIFICATION_MS = 4;
const BURST = 16;

/** How long {@link CommitNotifier.stop} waits for the last notification. */
const STOP_TIMEOUT_MS = 1_000;

/**
 * Calls commit listeners after commits of this and other processes, and notifies the other processes. A notification
 * has no data, not even the tenant's name, because every role that may connect can listen. It is a transaction of its own
 * after the commit: sent along with it if there are few, otherwise later, and many together. A lost one is compensated by
 * comparing heads, see {@link Listener}.
 */
export class CommitNotifier {
  readonly #connections: Connections;
  readonly #channel: string;
  readonly #self = randomUUID();
  readonly #listener: Listener;
  readonly #listeners: KeyedListeners<string>;
  /** Tenants with commits that other processes are not yet notified of. */
  readonly #pending = new Set<string>();
  #isOpen = false;
  #sending: Promise<void> | undefined;
  /** Notifications that may be sent without a pause, at {@link #countedAt}. */
  #left = BURST;
  #countedAt = performance.now();

  constructor(connections: Connections, tables: Tables, settings: Settings) {
    this.#connections = connections;
    this.#channel = `syntha_${digest(settings.schema)}`;
    this.#listeners = new KeyedListeners((isActive) => this.#listenIf(isActive));
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
    this.#listenIf(this.#listeners.isActive);
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
    if (this.#sending !== undefined)
      await Promise.race([this.#sending, systemPause(STOP_TIMEOUT_MS)]);
    await this.#listener.stop();
  }

  onCommit(tenant: string, listener: () => void): Unsubscribe {
    return this.#listeners.add(tenant, listener);
  }

  /** The notification of a commit, if it may be sent along with it: other processes then have it as early as this one. */
  notification(tenant: string): Call | undefined {
    return this.#sending === undefined && this.#takeOne() ? this.#callFor([tenant]) : undefined;
  }

  /**
   * Called after each commit of this process.
   * @param isSent whether its notification was sent along with it
   */
  notify(tenant: string, isSent = false): void {
    this.#listeners.emit(tenant);
    if (isSent) return;
    this.#pending.add(tenant);
    this.#sending ??= this.#send();
  }

  #listenIf(isActive: boolean): void {
    if (isActive && this.#isOpen) this.#listener.start();
    else void this.#listener.stop();
  }

  /** Sends the first notifications at once, and those of a tenant that writes much together. */
  async #send(): Promise<void> {
    while (this.#pending.size > 0) {
      if (!this.#takeOne()) {
        await systemPause(NOTIFICATION_MS);
        continue;
      }
      const notify = this.#callFor([...this.#pending]);
      this.#pending.clear();
      try {
        await (this.#listener.run([notify]) ?? this.#connections.use((each) => each.run([notify])));
      } catch {
        // Other processes find the commit when they compare heads.
      }
    }
    this.#sending = undefined;
  }

  #callFor(tenants: readonly string[]): Call {
    const payloads = tenants.map((tenant) => `${this.#self} ${digest(tenant)}`);
    return call(NOTIFY, this.#channel, payloads);
  }

  /** Whether a notification may be sent now; then it is counted. */
  #takeOne(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#left + (now - this.#countedAt) / NOTIFICATION_MS, BURST);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  #receive(payload: string): void {
    const [sender, hash] = payload.split(" ");
    if (sender === this.#self) return;
    for (const tenant of this.#listeners.keys)
      if (digest(tenant) === hash) this.#listeners.emit(tenant);
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
