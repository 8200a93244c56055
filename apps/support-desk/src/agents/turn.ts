import { setImmediate as nextTurn } from "node:timers/promises";

const LONGEST_TURN_MS = 10;

let turnEndsAt = performance.now() + LONGEST_TURN_MS;
let next: Promise<void> | undefined;

/**
 * Lets the event loop turn now and then. Rules decide and SQLite answers at once, so agents that only call and decide
 * would never let a timer, a signal or the terminal have its turn; agents that ask a model need none of this.
 */
export function takeTurns(): Promise<void> | undefined {
  if (next === undefined && performance.now() >= turnEndsAt) {
    next = nextTurn().then(() => {
      next = undefined;
      turnEndsAt = performance.now() + LONGEST_TURN_MS;
    });
  }
  return next;
}
