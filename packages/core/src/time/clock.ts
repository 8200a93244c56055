/** Milliseconds since the Unix epoch. A storage reads its time from one; tests hand in one that they can move. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
