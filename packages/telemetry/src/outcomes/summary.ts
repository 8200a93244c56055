import type { Outcome } from "./outcome.ts";

/** What outcomes may be grouped by. */
export type GroupBy = "agent" | "task";

/** Times in milliseconds, of those outcomes that tell theirs. */
export interface Durations {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Outcomes of one group, in numbers. */
export interface OutcomeMetrics {
  /** Where they are grouped by it. */
  readonly agent?: string;
  readonly task?: string;
  readonly count: number;
  readonly succeeded: number;
  readonly failed: number;
  /** From 0 to 1. */
  readonly successRate: number;
  /** Undefined when none tells its duration. */
  readonly durationMs: Durations | undefined;
}

interface Group {
  readonly name: Partial<Record<GroupBy, string>>;
  count: number;
  succeeded: number;
  readonly durations: number[];
}

/** Adds up outcomes as they come, and keeps nothing of them but their durations. */
export class Summary {
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
  get groups(): OutcomeMetrics[] {
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
