/** Returns milliseconds since the Unix epoch; fractions are truncated. Storages read the time from it; tests pass one that they control. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** Truncates fractions of milliseconds, which dates and columns cannot store. */
export function wholeMs(clock: Clock): Clock {
  return () => Math.floor(clock());
}
