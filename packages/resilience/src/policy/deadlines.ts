/** As long as a timer can be set. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Elsewhere than in Node, it is a number. */
interface Timer {
  ref?(): unknown;
  unref?(): unknown;
}

/** A link of the chain of those that have neither passed nor been cleared. */
export interface Deadline {
  readonly at: number;
  readonly pass: () => void;
  before: Deadline | undefined;
  after: Deadline | undefined;
  isOver: boolean;
}

/**
 * Deadlines that all lie equally far ahead, so that the oldest is the next: one timer serves them all. A timer, abort
 * controller and race for each call would cost more than a call in memory does.
 */
export class Deadlines {
  readonly #afterMs: number;
  #first: Deadline | undefined;
  #last: Deadline | undefined;
  #timer: Timer | undefined;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  set(pass: () => void): Deadline {
    const at = performance.now() + this.#afterMs;
    const deadline = { at, pass, before: this.#last, after: undefined, isOver: false };
    const isAlone = this.#last === undefined;
    if (this.#last === undefined) this.#first = deadline;
    else this.#last.after = deadline;
    this.#last = deadline;
    if (this.#timer === undefined) this.#arm(this.#afterMs);
    else if (isAlone) this.#timer.ref?.();
    return deadline;
  }

  /** Whether it had not passed yet. */
  clear(deadline: Deadline): boolean {
    if (deadline.isOver) return false;
    deadline.isOver = true;
    const { before, after } = deadline;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    // Whoever waits for an answer gets one; a process that waits for none may end.
    if (this.#last === undefined) this.#timer?.unref?.();
    return true;
  }

  #arm(ms: number): void {
    const timer: Timer = setTimeout(() => this.#ring(), Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
    this.#timer = timer;
  }

  #ring(): void {
    for (let next = this.#first; next !== undefined; next = this.#first) {
      const ms = next.at - performance.now();
      if (ms > 0) return this.#arm(ms);
      this.clear(next);
      next.pass();
    }
    this.#timer = undefined;
  }
}
