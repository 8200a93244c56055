import { MAX_TIMER_MS } from "@syntha/core/storage";

/** Outside Node it is a number. */
interface Timer {
  ref?(): unknown;
  unref?(): unknown;
}

/** An entry of a linked list, in order of time. */
export interface Deadline {
  readonly at: number;
  readonly onExpire: () => void;
  previous: Deadline | undefined;
  next: Deadline | undefined;
  isSettled: boolean;
}

/**
 * Deadlines of equal duration, so that the oldest expires first and one timer serves them all. A timer, an abort controller
 * and a race for each call would cost more than a call in memory.
 */
export class Deadlines {
  readonly #durationMs: number;
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: Timer | undefined;

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  add(onExpire: () => void): Deadline {
    const at = performance.now() + this.#durationMs;
    const deadline = { at, onExpire, previous: this.#last, next: undefined, isSettled: false };
    const isOnly = this.#last === undefined;
    if (this.#last === undefined) this.#first = deadline;
    else this.#last.next = deadline;
    this.#last = deadline;
    if (this.#timer === undefined) this.#schedule(this.#durationMs);
    else if (isOnly) this.#timer.ref?.();
    return deadline;
  }

  /** Returns false if the deadline has expired. */
  clear(deadline: Deadline): boolean {
    if (deadline.isSettled) return false;
    deadline.isSettled = true;
    const { previous, next } = deadline;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // The timer keeps the process alive only while a call is pending.
    if (this.#last === undefined) this.#timer?.unref?.();
    return true;
  }

  #schedule(ms: number): void {
    const timer: Timer = setTimeout(() => this.#expire(), Math.min(Math.ceil(ms), MAX_TIMER_MS));
    this.#timer = timer;
  }

  #expire(): void {
    for (let next = this.#first; next !== undefined; next = this.#first) {
      const ms = next.at - performance.now();
      if (ms > 0) return this.#schedule(ms);
      this.clear(next);
      next.onExpire();
    }
    this.#timer = undefined;
  }
}
