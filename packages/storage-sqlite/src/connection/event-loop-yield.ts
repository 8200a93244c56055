import { macrotask } from "@syntha/core/storage";
import { monotonicNow } from "./monotonic-now.ts";

/** Longest stretch of work, in milliseconds, in which timers, signals and sockets get no turn. */
const LONGEST_MS = 10;

/**
 * Gives the event loop its turns. The driver is synchronous and its answers resolve in microtasks, so a program that
 * awaits nothing but the mesh would never let a timer or a signal through.
 */
export class EventLoopYield {
  #since: number | undefined;

  /** Whether the loop has waited long enough for a turn. */
  get isDue(): boolean {
    const now = monotonicNow();
    if (this.#since === undefined) {
      this.#since = now;
      void macrotask().then(() => {
        this.#since = undefined;
      });
    }
    return now - this.#since >= LONGEST_MS;
  }

  /** Lets the loop turn once. Whoever asked first goes on first. */
  wait(): Promise<void> {
    return macrotask();
  }
}
