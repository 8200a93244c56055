import { systemPause } from "@syntha/core/storage";

/** Waiters in the order in which they came; each is woken once, or by its own timer. */
export class WaitList {
  readonly #waiting = new Set<AbortController>();

  get length(): number {
    return this.#waiting.size;
  }

  async wait(ms: number): Promise<void> {
    const waiter = new AbortController();
    this.#waiting.add(waiter);
    await systemPause(ms, waiter.signal);
    this.#waiting.delete(waiter);
  }

  /** Wakes the one that has waited longest. */
  wakeFirst(): void {
    const [waiter] = this.#waiting;
    if (waiter === undefined) return;
    this.#waiting.delete(waiter);
    waiter.abort();
  }
}
