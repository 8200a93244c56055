import { type Counts, Histogram } from "./histogram.ts";

/** As the vendor told; 0 where it tells nothing. */
export type TokenCount = { input: number; output: number };

const counted = [
  "decisions",
  "requests",
  "refused",
  "calls",
  "wrong",
  "undecided",
  "fallbacks",
  "inputTokens",
  "outputTokens",
] as const;

/**
 * Of one agent's model. `refused` are requests that were answered with an error or not at all, each of them repeated or
 * given up; `calls` are calls of tools; `wrong` are decisions that were handed back; `undecided` are tries that came to
 * nothing; `fallbacks` are decisions of the rules in its place.
 */
export type ModelCounts = Record<(typeof counted)[number], number>;
export type ModelFigures = ModelCounts & { agent: string; medianMs: number };

/** All that a meter holds, for another process to include in its own. */
export type ModelTally = readonly { agent: string; counts: ModelCounts; times: Counts }[];

type Entry = { counts: ModelCounts; times: Histogram };

/** Counts what models were asked, by the agent that they decide for. */
export class ModelMeter {
  readonly #agents = new Map<string, Entry>();

  add(agent: string, more: Partial<ModelCounts>): void {
    const { counts } = this.#entry(agent);
    for (const name of counted) counts[name] += more[name] ?? 0;
  }

  /** A decision was asked for, and took so long. */
  time(agent: string, ms: number): void {
    this.#entry(agent).times.add(ms);
  }

  tally(): ModelTally {
    return [...this.#agents].map(([agent, { counts, times }]) => ({
      agent,
      counts: { ...counts },
      times: times.counts(),
    }));
  }

  include(tally: ModelTally): void {
    for (const { agent, counts, times } of tally) {
      this.add(agent, counts);
      this.#entry(agent).times.include(times);
    }
  }

  total(): ModelFigures {
    const all = newEntry();
    for (const { counts, times } of this.#agents.values()) {
      for (const name of counted) all.counts[name] += counts[name];
      all.times.include(times.counts());
    }
    return toFigures("all", all);
  }

  byAgent(): ModelFigures[] {
    return [...this.#agents]
      .map(([agent, entry]) => toFigures(agent, entry))
      .toSorted((a, b) => b.decisions - a.decisions);
  }

  #entry(agent: string): Entry {
    let entry = this.#agents.get(agent);
    if (entry === undefined) this.#agents.set(agent, (entry = newEntry()));
    return entry;
  }
}

function newEntry(): Entry {
  const counts = Object.fromEntries(counted.map((name) => [name, 0])) as ModelCounts;
  return { counts, times: new Histogram() };
}

function toFigures(agent: string, { counts, times }: Entry): ModelFigures {
  return { agent, ...counts, medianMs: times.quantile(0.5) };
}
