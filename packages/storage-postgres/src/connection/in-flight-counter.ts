/** Counts calls, for whoever must wait until there are none. */
export class InFlightCounter {
  #count = 0;
  #idleWaiters: (() => void)[] = [];

  async count<T>(work: () => Promise<T>): Promise<T> {
    this.#count++;
    try {
      return await work();
    } finally {
      if (--this.#count === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    }
  }

  /** Settles when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#count > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }
}
