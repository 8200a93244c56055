import type { Outcome } from "./outcome.ts";

/** The fields by which outcomes can be grouped. */
export type GroupBy = "agent" | "task";

/** Durations in milliseconds of the outcomes that have one. */
export interface Durations {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** The metrics of a group of outcomes. */
export interface OutcomeMetrics {
  /** Defined if outcomes are grouped by agent. */
  readonly agent?: string;
  /** Defined if outcomes are grouped by task. */
  readonly task?: string;
  readonly count: number;
  readonly succeeded: number;
  readonly failed: number;
  /** From 0 to 1. */
  readonly successRate: number;
  /** Undefined if no outcome has a duration. */
  readonly durationMs: Durations | undefined;
}

interface Group {
  readonly name: Partial<Record<GroupBy, string>>;
  count: number;
  succeeded: number;
  readonly durations: number[];
}

/** Aggregates outcomes one by one; only their durations are kept in memory. */
export class MetricsBuilder {
  readonly #by: readonly GroupBy[];
  readonly #groups = new Map<string, Group>();

  constructor(by: readonly GroupBy[]) {
    this.#by = by;
  }

  add(outcome: Outcome): void {
    const id = JSON.stringify(this.#by.map((field) => outcome[field]));
    let group = this.#groups.get(id);
    if (group === undefined) {
      const name = Object.fromEntries(this.#by.map((field) => [field, outcome[field]]));
      group = { name, count: 0, succeeded: 0, durations: [] };
      this.#groups.set(id, group);
    }
    group.count++;
    if (outcome.success) group.succeeded++;
    if (outcome.durationMs !== undefined) group.durations.push(outcome.durationMs);
  }

  /** The largest group first. */
  build(): OutcomeMetrics[] {
    return [...this.#groups.values()]
      .toSorted((a, b) => b.count - a.count)
      .map(({ name, count, succeeded, durations }) => ({
        ...name,
        count,
        succeeded,
        failed: count - succeeded,
        successRate: succeeded / count,
        durationMs: durationsOf(durations),
      }));
  }
}

function durationsOf(durations: readonly number[]): Durations | undefined {
  if (durations.length === 0) return undefined;
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] as number;
  const sum = sorted.reduce((total, duration) => total + duration, 0);
  const mean = sum / sorted.length;
  return { count: sorted.length, mean, p50: at(0.5), p95: at(0.95), max: at(1) };
}
