import { MAX_TIMER_MS, systemPause } from "@syntha/core/storage";

/** A signal that aborts after a time, which may be longer than a timer supports. Disposing of it ends its timer. */
export class Deadline implements Disposable {
  readonly #expired = new AbortController();
  readonly #disposed = new AbortController();

  /** @param ms undefined for no end */
  constructor(ms: number | undefined) {
    if (ms !== undefined) void this.#run(ms);
  }

  get signal(): AbortSignal {
    return this.#expired.signal;
  }

  async #run(ms: number): Promise<void> {
    const { signal } = this.#disposed;
    for (let left = ms; left > 0 && !signal.aborted; left -= MAX_TIMER_MS)
      await systemPause(Math.min(left, MAX_TIMER_MS), signal);
    if (!signal.aborted) this.#expired.abort();
  }

  [Symbol.dispose](): void {
    this.#disposed.abort();
  }
}
