import type { Duration } from "@syntha/core";

/** The units of arguments that are lengths of time. */
export type TimeUnit = "hours" | "minutes" | "seconds";

const MINUTE_MS = 60_000;
const MINUTES: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1_440, w: 10_080 };
/** Minutes of each unit in which arguments are given. */
const PER_UNIT = { hours: 60, minutes: 1, seconds: 1 / 60 } as const;
const DURATION_TEXT =
  /^\s*(\d+(?:\.\d+)?)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)\s*$/i;

/** Whole milliseconds; at least one for a positive duration. */
export function minutesToMs(minutes: number): number {
  return minutes === 0 ? 0 : Math.max(1, Math.round(minutes * MINUTE_MS));
}

export function hoursToMs(hours: number): number {
  return minutesToMs(hours * 60);
}

export function secondsToMs(seconds: number): number {
  return minutesToMs(seconds / 60);
}

/** A duration for a description: "7d", "1.5 hours". */
export function describeDuration(duration: Duration): string {
  return typeof duration === "string" ? duration : `${duration / (60 * MINUTE_MS)} hours`;
}

/** Text with a unit, such as "24h" or "2 days", in a unit; undefined for any other text. */
export function parseDuration(text: string, unit: TimeUnit): number | undefined {
  const [, count, name] = DURATION_TEXT.exec(text) ?? [];
  if (count === undefined || name === undefined) return undefined;
  const minutes = Number(count) * (MINUTES[name.charAt(0).toLowerCase()] ?? Number.NaN);
  return minutes / PER_UNIT[unit];
}
