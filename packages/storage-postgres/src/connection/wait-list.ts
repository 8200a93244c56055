import { systemPause } from "@syntha/core/storage";

/** Waiters in the order of their arrival. Each is woken once, or by its own timeout. */
export class WaitList {
  readonly #waiters = new Set<AbortController>();

  get length(): number {
    return this.#waiters.size;
  }

  async wait(ms: number): Promise<void> {
    const waiter = new AbortController();
    this.#waiters.add(waiter);
    await systemPause(ms, waiter.signal);
    this.#waiters.delete(waiter);
  }

  /** Wakes the waiter that has waited longest. */
  wakeFirst(): void {
    const [waiter] = this.#waiters;
    if (waiter === undefined) return;
    this.#waiters.delete(waiter);
    waiter.abort();
  }
}
