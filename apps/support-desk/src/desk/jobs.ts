/** Runs jobs concurrently. The first that fails aborts the others. */
export class Jobs {
  /** Aborted by the parent's signal, by `stop`, and by the first failure. */
  readonly signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #jobs: Promise<void>[] = [];
  #failure: { error: unknown } | undefined;

  constructor(parent: AbortSignal) {
    this.signal = AbortSignal.any([parent, this.#stop.signal]);
  }

  start(job: Promise<unknown>): void {
    const failed = (error: unknown): void => {
      this.#failure ??= { error };
      this.stop();
    };
    this.#jobs.push(job.then(() => {}, failed));
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Resolves when all jobs have ended, also those that others started meanwhile. @throws the first failure */
  async finish(): Promise<void> {
    for (const job of this.#jobs) await job;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
