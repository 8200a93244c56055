/** Milliseconds since the Unix epoch; fractions of them are cut off. A storage reads its time from one; tests hand in one that they can move. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** The same clock without fractions of milliseconds, which no date, expiry or column of a storage holds. */
export function wholeMs(clock: Clock): Clock {
  return () => Math.floor(clock());
}
