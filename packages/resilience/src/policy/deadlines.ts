/** As long as a timer can be set. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Deadline {
  readonly at: number;
  readonly pass: () => void;
}

/**
 * Deadlines that all lie equally far ahead, so that the oldest is the next: one timer serves them all. A timer, abort
 * controller and race for each call would cost more than a call in memory does.
 */
export class Deadlines {
  readonly #afterMs: number;
  /** In the order of their time. */
  readonly #set = new Set<Deadline>();
  #isArmed = false;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  set(pass: () => void): Deadline {
    const deadline = { at: performance.now() + this.#afterMs, pass };
    this.#set.add(deadline);
    if (!this.#isArmed) this.#arm(this.#afterMs);
    return deadline;
  }

  /** Whether it had not passed yet. */
  clear(deadline: Deadline): boolean {
    return this.#set.delete(deadline);
  }

  #arm(ms: number): void {
    this.#isArmed = true;
    const timer: unknown = setTimeout(
      () => this.#ring(),
      Math.min(Math.ceil(ms), LONGEST_TIMER_MS),
    );
    // A process that has nothing else to wait for may end; elsewhere than in Node, a timer is a number.
    if (typeof timer === "object") (timer as { unref?(): void }).unref?.();
  }

  #ring(): void {
    this.#isArmed = false;
    for (const deadline of this.#set) {
      const ms = deadline.at - performance.now();
      if (ms > 0) return this.#arm(ms);
      this.#set.delete(deadline);
      deadline.pass();
    }
  }
}
