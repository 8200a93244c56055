const BUCKETS_PER_E = 50;
/** Up to a quarter of an hour. */
const BUCKETS = 1_024;

/** What a histogram holds, for another process: buckets that are not empty, and how often each was hit. */
export type Counts = readonly (readonly [bucket: number, count: number])[];

/** Durations, counted in buckets that are 2% wide: quantiles of any number of them in the same few bytes. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(ms: number): void {
    this.include([[Math.min(Math.round(Math.log1p(ms * 1_000) * BUCKETS_PER_E), BUCKETS - 1), 1]]);
  }

  include(counts: Counts): void {
    for (const [bucket, count] of counts) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.#total += count;
    }
  }

  counts(): Counts {
    return [...this.#counts.entries()].filter(([, count]) => count > 0);
  }

  get total(): number {
    return this.#total;
  }

  /** In milliseconds; 0 when nothing was counted. */
  quantile(share: number): number {
    let left = Math.ceil(share * this.#total);
    if (left === 0) return 0;
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0);
    return Math.expm1(bucket / BUCKETS_PER_E) / 1_000;
  }
}
