import { RETRYABLE } from "../error/code.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { ConnectionListener } from "./connection-change.ts";
import type { ConnectionMonitor } from "./connection-monitor.ts";
import { ConnectionState } from "./connection-state.ts";

/**
 * The calls of one watch or worker to its storage. A call that fails because the storage is unreachable is retried until it
 * succeeds, however long that takes; any other error is thrown at once.
 */
export class Reconnector {
  readonly #monitor: ConnectionMonitor;
  readonly #state: ConnectionState;
  /** Ends the reads and pauses in progress. */
  readonly #abandon = new Set<() => void>();
  #isStopped = false;

  constructor(monitor: ConnectionMonitor, tenantId: string, listener?: ConnectionListener) {
    this.#monitor = monitor;
    this.#state = new ConnectionState(tenantId, listener);
  }

  /** Rejects with ABORTED as soon as the reconnector is stopped, even if the storage does not answer. */
  read<T>(attempt: () => T | Promise<T>): Promise<T> {
    return this.#run(() => this.#abandonable(attempt), isUnreachable);
  }

  /** Makes at least one attempt, and waits for its result, even after the reconnector is stopped. */
  write<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#run(attempt, isUnreachable);
  }

  /** {@link write} for a write that may happen twice: it is also retried if its outcome is unknown. */
  writeAgain<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#run(attempt, mayHaveWritten);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#monitor.remove(this);
    for (const abandon of this.#abandon) abandon();
  }

  async #run<T>(
    attempt: () => T | Promise<T>,
    mayPass: (error: unknown) => error is SynthaError,
  ): Promise<T> {
    for (;;) {
      try {
        const result = await attempt();
        this.#state.reconnected();
        this.#monitor.connected(this);
        return result;
      } catch (error) {
        if (this.#isStopped || !mayPass(error)) throw error;
        this.#monitor.disconnected(this, error);
        this.#state.disconnected(error);
      }
      await this.#pause();
    }
  }

  #abandonable<T>(attempt: () => T | Promise<T>): T | Promise<T> {
    if (this.#isStopped) throw stopped();
    const result = attempt();
    if (!(result instanceof Promise)) return result;
    return new Promise<T>((resolve, reject) => {
      const abandon = (): void => reject(stopped());
      this.#abandon.add(abandon);
      void result.then(
        (value) => {
          this.#abandon.delete(abandon);
          resolve(value);
        },
        (error: unknown) => {
          this.#abandon.delete(abandon);
          reject(error);
        },
      );
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      // A listener may have stopped it.
      if (this.#isStopped) return resolve();
      const end = (): void => {
        this.#abandon.delete(end);
        leave();
        resolve();
      };
      const leave = this.#monitor.onNextAttempt(end);
      this.#abandon.add(end);
    });
  }
}

/** Whether the same call may succeed later. */
export function isUnreachable(error: unknown): error is SynthaError {
  return isSynthaError(error) && RETRYABLE.has(error.code);
}

function mayHaveWritten(error: unknown): error is SynthaError {
  return isUnreachable(error) || isSynthaError(error, "UNKNOWN_OUTCOME");
}

function stopped(): SynthaError {
  return new SynthaError("ABORTED", "The watch or worker was stopped.", {
    hint: "Start another one to continue.",
  });
}
