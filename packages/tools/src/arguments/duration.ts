const MINUTE_MS = 60_000;

/** Whole milliseconds; a positive duration never becomes none. */
export function minutesToMs(minutes: number): number {
  return minutes === 0 ? 0 : Math.max(1, Math.round(minutes * MINUTE_MS));
}

export function hoursToMs(hours: number): number {
  return minutesToMs(hours * 60);
}
