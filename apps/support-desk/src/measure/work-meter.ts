import { Histogram } from "./histogram.ts";

export type CallFigures = {
  name: string;
  calls: number;
  /** Answered with a code, such as CONFLICT where something was there already. */
  refused: number;
  medianMs: number;
  p99Ms: number;
};

/** Counts and times calls by name, from asking to answer: waiting for others' commits is part of it. */
export class CallMeter {
  readonly #all = new Histogram();
  readonly #byName = new Map<string, { times: Histogram; refused: number }>();

  add(name: string, ms: number, isRefused: boolean): void {
    let entry = this.#byName.get(name);
    if (entry === undefined)
      this.#byName.set(name, (entry = { times: new Histogram(), refused: 0 }));
    entry.times.add(ms);
    if (isRefused) entry.refused += 1;
    this.#all.add(ms);
  }

  /** Of all calls together. */
  total(): CallFigures {
    const refused = [...this.#byName.values()].reduce((sum, entry) => sum + entry.refused, 0);
    return toFigures("all", this.#all, refused);
  }

  /** The most called first. */
  byName(): CallFigures[] {
    return [...this.#byName]
      .map(([name, { times, refused }]) => toFigures(name, times, refused))
      .toSorted((a, b) => b.calls - a.calls);
  }
}

function toFigures(name: string, times: Histogram, refused: number): CallFigures {
  const [medianMs, p99Ms] = [times.quantile(0.5), times.quantile(0.99)];
  return { name, calls: times.total, refused, medianMs, p99Ms };
}
