/** Waiters in the order in which they came; each is woken once, or by its own timer. */
export class WaitList {
  readonly #waiting = new Set<() => void>();

  get length(): number {
    return this.#waiting.size;
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }

  /** Wakes the one that has waited longest. */
  wakeFirst(): void {
    const [wake] = this.#waiting;
    wake?.();
  }
}
