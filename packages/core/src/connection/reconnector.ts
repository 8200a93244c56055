import { RETRYABLE } from "../error/code.ts";
import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { ConnectionListener } from "./connection-change.ts";
import type { ConnectionMonitor } from "./connection-monitor.ts";
import { ConnectionState } from "./connection-state.ts";

/**
 * The way of one watch or worker to its storage. What fails because the storage can't be reached is tried again until
 * it succeeds, however long that takes; any other error is thrown at once.
 */
export class Reconnector {
  readonly #monitor: ConnectionMonitor;
  readonly #state: ConnectionState;
  /** Ends the reads and pauses that are under way. */
  readonly #abandon = new Set<() => void>();
  #isStopped = false;

  constructor(monitor: ConnectionMonitor, tenantId: string, listener?: ConnectionListener) {
    this.#monitor = monitor;
    this.#state = new ConnectionState(tenantId, listener);
  }

  /** Rejects with ABORTED at once when it is stopped, whether the storage answers or not. */
  read<T>(attempt: () => T | Promise<T>): Promise<T> {
    return this.#run(() => this.#abandonable(attempt), isUnreachable);
  }

  /** Tries at least once, and waits for the answer, also when it is stopped. */
  write<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#run(attempt, isUnreachable);
  }

  /** The same for a write that does no harm when it happens twice: an unknown outcome is tried again. */
  writeAgain<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#run(attempt, mayHaveWritten);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#monitor.left(this);
    for (const abandon of this.#abandon) abandon();
  }

  async #run<T>(
    attempt: () => T | Promise<T>,
    mayPass: (error: unknown) => error is SynthaError,
  ): Promise<T> {
    for (;;) {
      try {
        const answer = await attempt();
        this.#state.reconnected();
        this.#monitor.connected(this);
        return answer;
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
    const answer = attempt();
    if (!(answer instanceof Promise)) return answer;
    return new Promise<T>((resolve, reject) => {
      const abandon = (): void => reject(stopped());
      this.#abandon.add(abandon);
      void answer.then(resolve, reject).finally(() => this.#abandon.delete(abandon));
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

/** Whether the very same call may succeed later, by itself. */
export function isUnreachable(error: unknown): error is SynthaError {
  return isSynthaError(error) && RETRYABLE.has(error.code);
}

function mayHaveWritten(error: unknown): error is SynthaError {
  return isUnreachable(error) || isSynthaError(error, "UNKNOWN_OUTCOME");
}

function stopped(): SynthaError {
  return new SynthaError("ABORTED", "The watch or worker was stopped.", {
    hint: "Start another one to go on.",
  });
}
