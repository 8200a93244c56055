/** Milliseconds before attempt number `attempt` (0 is the first retry): doubles each time, up to `longestMs`. */
export function exponentialDelay(attempt: number, firstMs: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** attempt, longestMs);
}

/** Between half of a delay and all of it, at random, so that callers that failed together do not retry together. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}
