/** How durations are distributed: quantiles, and counts in equal steps of which the last holds all that is longer. */
export type Distribution = {
  count: number;
  medianMs: number;
  p99Ms: number;
  longestMs: number;
  stepMs: number;
  counts: number[];
};

const MOST_STEPS = 30;

/** Null when there is nothing to count. */
export function distributionOf(durations: readonly number[]): Distribution | null {
  const sorted = Float64Array.from(durations).sort();
  const longestMs = sorted.at(-1);
  if (longestMs === undefined) return null;
  const quantile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const p99Ms = quantile(0.99);
  const stepMs = roundStep(p99Ms / (MOST_STEPS - 4));
  const counts = Array.from(
    { length: Math.min(MOST_STEPS, Math.floor(longestMs / stepMs) + 1) },
    () => 0,
  );
  for (const ms of sorted) {
    const step = Math.min(Math.floor(ms / stepMs), counts.length - 1);
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return { count: sorted.length, medianMs: quantile(0.5), p99Ms, longestMs, stepMs, counts };
}

/** The next of 1, 2, 5, 10, 20, 50…: what people read on an axis. At least one. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return power * ([1, 2, 5].find((times) => times * power >= least) ?? 10);
}
