/** The longest that a timer can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Does something again and again in the background, without keeping the process alive. */
export class PeriodicTask {
  readonly #everyMs: number;
  readonly #work: () => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(everyMs: number, work: () => Promise<unknown>) {
    this.#everyMs = Math.min(everyMs, LONGEST_TIMER_MS);
    this.#work = work;
  }

  /** The first time is at some moment of the first interval, so that many that start together do not work together. */
  start(): void {
    this.#isOver = false;
    this.#wait(Math.random() * this.#everyMs);
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    if (this.#isOver) return;
    // It may have been stopped and started while it worked.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), ms);
    // Where there is an event loop to keep alive, this does not keep it.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async #run(): Promise<void> {
    // What fails is tried again the next time.
    await this.#work().catch(() => undefined);
    this.#wait(this.#everyMs);
  }
}
