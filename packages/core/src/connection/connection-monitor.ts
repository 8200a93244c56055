import { exponentialDelay, jittered } from "../concurrency/backoff.ts";
import type { SynthaError } from "../error/syntha-error.ts";
import type { ConnectionListener } from "./connection-change.ts";
import { ConnectionState } from "./connection-state.ts";

const FIRST_DELAY_MS = 50;
/** Short enough for watches to go on within seconds after an outage, however long it was. */
const LONGEST_DELAY_MS = 2_000;

/**
 * The outages of one mesh. All its watches and workers try again at the same moments, with exponential back-off and
 * jitter, so that watches at the same position share one read.
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

  disconnected(who: object, error: SynthaError): void {
    this.#disconnected.add(who);
    this.#state.disconnected(error);
  }

  /** Something was answered; the mesh is connected again when no one else waits for an answer. */
  connected(who: object): void {
    if (!this.#state.isDisconnected) return;
    this.left(who);
    if (this.#disconnected.size === 0) this.#state.reconnected();
  }

  /** Ended, connected or not. */
  left(who: object): void {
    this.#disconnected.delete(who);
    if (this.#disconnected.size === 0) this.#attempts = 0;
  }

  /** Calls `retry` when it is time for the next attempt. Returns what stops that. */
  onNextAttempt(retry: () => void): () => void {
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
