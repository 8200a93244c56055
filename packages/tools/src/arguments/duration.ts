import type { Duration } from "@syntha/core";

const MINUTE_MS = 60_000;

/** Whole milliseconds; a positive duration never becomes none. */
export function minutesToMs(minutes: number): number {
  return minutes === 0 ? 0 : Math.max(1, Math.round(minutes * MINUTE_MS));
}

export function hoursToMs(hours: number): number {
  return minutesToMs(hours * 60);
}

/** A duration as a description mentions it: "7d", "1.5 hours". */
export function inWords(duration: Duration): string {
  return typeof duration === "string" ? duration : `${duration / (60 * MINUTE_MS)} hours`;
}
