/** Runs jobs concurrently, up to a limit. The first that fails aborts the others. */
export class TaskGroup {
  /** Aborted by the parent's signal and by the first failure. */
  readonly signal: AbortSignal;
  readonly #limit: number;
  readonly #failed = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #failure: { cause: unknown } | undefined;

  constructor(parent: AbortSignal, limit = Number.POSITIVE_INFINITY) {
    this.signal = AbortSignal.any([parent, this.#failed.signal]);
    this.#limit = limit;
  }

  get free(): number {
    return this.#limit - this.#running.size;
  }

  start(job: (signal: AbortSignal) => Promise<void>): void {
    const running: Promise<void> = job(this.signal)
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
        this.#failed.abort();
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when another job may start. */
  async room(): Promise<void> {
    while (this.free <= 0) await Promise.race(this.#running);
  }

  /** Resolves when no job runs. @throws the first failure */
  async finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}

/** Lets one loop wait for news. News that arrives while the loop is busy ends its next wait at once. */
export class WakeSignal {
  #pending = Promise.withResolvers<boolean>();

  readonly notify = (): void => this.#pending.resolve(true);

  /** Returns whether there was news within this time. */
  async wait(ms: number): Promise<boolean> {
    const timer = setTimeout(() => this.#pending.resolve(false), ms);
    const hasNews = await this.#pending.promise;
    clearTimeout(timer);
    this.#pending = Promise.withResolvers<boolean>();
    return hasNews;
  }
}
