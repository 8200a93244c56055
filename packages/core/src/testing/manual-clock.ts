import type { Clock } from "../time/clock.ts";
import { type Duration, toMs } from "../time/duration.ts";

/** A clock that a test moves: hand it to a storage as `clock`. */
export interface ManualClock extends Clock {
  /** Moves it on. */
  advance(by: Duration): void;
  /** Sets it, also backwards: milliseconds since the Unix epoch. */
  set(time: Date | number): void;
}

/** Starts at 2030-01-01T00:00:00Z unless told otherwise; stands still until it is moved. */
export function manualClock(start: Date | number = Date.UTC(2030, 0, 1)): ManualClock {
  let now = Number(start);
  const clock = (): number => now;
  return Object.assign(clock, {
    advance(by: Duration): void {
      now += toMs("by", by, true);
    },
    set(time: Date | number): void {
      now = Number(time);
    },
  });
}
