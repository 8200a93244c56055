/** Durations in milliseconds. */
export class Latencies {
  readonly #times: number[] = [];
  #isSorted = true;

  add(ms: number): void {
    this.#times.push(ms);
    this.#isSorted = false;
  }

  merge(others: Latencies): void {
    for (const ms of others.#times) this.add(ms);
  }

  get count(): number {
    return this.#times.length;
  }

  /** The duration at a quantile from 0 to 1. */
  quantile(q: number): number {
    if (!this.#isSorted) this.#times.sort((a, b) => a - b);
    this.#isSorted = true;
    const at = Math.min(this.#times.length - 1, Math.floor(this.#times.length * q));
    return this.#times[at] ?? Number.NaN;
  }
}

export function formatMs(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
}
