import { MAX_TIMER_MS } from "./pause.ts";

/** Repeats a task in the background, without keeping the process alive. */
export class PeriodicTask {
  readonly #everyMs: number;
  readonly #task: () => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;

  /** @param task One that rejects is run again after the next interval. */
  constructor(everyMs: number, task: () => Promise<unknown>) {
    this.#everyMs = Math.min(everyMs, MAX_TIMER_MS);
    this.#task = task;
  }

  /** The first run is at a random moment of the first interval, so that tasks that start together run apart. */
  start(): void {
    this.#isStopped = false;
    this.#schedule(Math.random() * this.#everyMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#isStopped) return;
    // It may have been stopped and started while the task ran.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), ms);
    // Browsers' timers are numbers.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async #run(): Promise<void> {
    await this.#task().catch(() => undefined);
    this.#schedule(this.#everyMs);
  }
}
