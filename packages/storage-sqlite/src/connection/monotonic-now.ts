/** Milliseconds of a clock that only moves forward; the one of module load, as a test's fake clock may stand still. */
export const monotonicNow: () => number = performance.now.bind(performance);
