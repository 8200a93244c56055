import { exponentialDelay, jittered } from "../concurrency/backoff.ts";
import type { Unsubscribe } from "../concurrency/keyed-listeners.ts";
import type { SynthaError } from "../error/syntha-error.ts";
import type { ConnectionListener } from "./connection-change.ts";
import { ConnectionState } from "./connection-state.ts";

const FIRST_DELAY_MS = 50;
/** Watches continue within seconds after an outage, however long it was. */
const LONGEST_DELAY_MS = 2_000;

/**
 * The outages of one mesh. All its watches and workers retry at the same moments, with exponential backoff and jitter, so
 * that watches at the same position share one read.
 */
export class ConnectionMonitor {
  readonly #state: ConnectionState;
  readonly #disconnected = new Set<object>();
  readonly #waiting = new Set<() => void>();
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tenantId: string, listener: ConnectionListener | undefined) {
    this.#state = new ConnectionState(tenantId, listener);
  }

  disconnected(client: object, error: SynthaError): void {
    this.#disconnected.add(client);
    this.#state.disconnected(error);
  }

  /** A read or write succeeded; the mesh is connected again when no other client is disconnected. */
  connected(client: object): void {
    if (!this.#state.isDisconnected) return;
    this.remove(client);
    if (this.#disconnected.size === 0) this.#state.reconnected();
  }

  /** The client has ended, connected or not. */
  remove(client: object): void {
    this.#disconnected.delete(client);
    if (this.#disconnected.size === 0) this.#attempts = 0;
  }

  /** Calls `retry` at the time of the next attempt. */
  onNextAttempt(retry: () => void): Unsubscribe {
    this.#waiting.add(retry);
    this.#timer ??= setTimeout(() => this.#retry(), this.#nextDelay());
    return () => {
      this.#waiting.delete(retry);
      if (this.#waiting.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #retry(): void {
    this.#timer = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const retry of waiting) retry();
  }

  #nextDelay(): number {
    return jittered(exponentialDelay(this.#attempts++, FIRST_DELAY_MS, LONGEST_DELAY_MS));
  }
}
