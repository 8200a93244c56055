import { type Counts, Histogram } from "./histogram.ts";
import { ModelMeter, type ModelTally } from "./model-meter.ts";

export type CallFigures = {
  name: string;
  calls: number;
  /** Answered with a code, such as CONFLICT where something was there already. */
  refused: number;
  medianMs: number;
  p99Ms: number;
};

/** All that a meter holds, for another process to include in its own. */
export type Tally = {
  calls: readonly { name: string; times: Counts; refused: number }[];
  completed: readonly (readonly [agent: string, tasks: number])[];
  takenOver: number;
  model: ModelTally;
};

/** Counts and times calls by name, from asking to answer: waiting for others' commits is part of it. */
export class WorkMeter {
  /** What models were asked. */
  readonly model = new ModelMeter();
  readonly #calls = new Map<string, { times: Histogram; refused: number }>();
  readonly #completed = new Map<string, number>();
  #takenOver = 0;

  add(name: string, ms: number, isRefused: boolean): void {
    const entry = this.#entry(name);
    entry.times.add(ms);
    if (isRefused) entry.refused += 1;
  }

  /** An agent completed a task. */
  complete(agent: string, tasks = 1): void {
    this.#completed.set(agent, (this.#completed.get(agent) ?? 0) + tasks);
  }

  /** A task was claimed that somebody had claimed before. */
  takeOver(): void {
    this.#takenOver += 1;
  }

  get takenOver(): number {
    return this.#takenOver;
  }

  /** Tasks that were completed, by agent. */
  get completed(): ReadonlyMap<string, number> {
    return this.#completed;
  }

  tally(): Tally {
    return {
      calls: [...this.#calls].map(([name, { times, refused }]) => ({
        name,
        times: times.counts(),
        refused,
      })),
      completed: [...this.#completed],
      takenOver: this.#takenOver,
      model: this.model.tally(),
    };
  }

  include({ calls, completed, takenOver, model }: Tally): void {
    for (const { name, times, refused } of calls) {
      const entry = this.#entry(name);
      entry.times.include(times);
      entry.refused += refused;
    }
    for (const [agent, tasks] of completed) this.complete(agent, tasks);
    this.#takenOver += takenOver;
    this.model.include(model);
  }

  /** Of all calls together. */
  total(): CallFigures {
    const all = new Histogram();
    let refused = 0;
    for (const entry of this.#calls.values()) {
      all.include(entry.times.counts());
      refused += entry.refused;
    }
    return toFigures("all", all, refused);
  }

  /** The most called first. */
  byName(): CallFigures[] {
    return [...this.#calls]
      .map(([name, { times, refused }]) => toFigures(name, times, refused))
      .toSorted((a, b) => b.calls - a.calls);
  }

  #entry(name: string): { times: Histogram; refused: number } {
    let entry = this.#calls.get(name);
    if (entry === undefined)
      this.#calls.set(name, (entry = { times: new Histogram(), refused: 0 }));
    return entry;
  }
}

function toFigures(name: string, times: Histogram, refused: number): CallFigures {
  const [medianMs, p99Ms] = [times.quantile(0.5), times.quantile(0.99)];
  return { name, calls: times.total, refused, medianMs, p99Ms };
}
