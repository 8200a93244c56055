/** Milliseconds of a clock that never goes back. Read when this module is loaded: a fake clock does not replace it. */
export const monotonicNow: () => number = performance.now.bind(performance);
