/** `call`: tool calls by tool. `task`: tasks by agent. `model`: decisions of a model by agent. */
export type Group = "call" | "task" | "model";

type Counts = Readonly<Record<string, number>>;
/** All that a meter holds, as JSON: counts, and how many durations are in each bucket. */
export type Tally = readonly (readonly [
  group: Group,
  name: string,
  counts: Counts,
  times: Counts,
])[];

/** Buckets are 2% wide, so that quantiles of any number of durations take the same few bytes. */
const BUCKETS_PER_E = 50;

/** Counts and times what agents do. The tallies of several processes add up. */
export class Meter {
  readonly #entries = new Map<
    string,
    [Group, string, Record<string, number>, Record<string, number>]
  >();

  constructor(...tallies: readonly Tally[]) {
    for (const [group, name, counts, times] of tallies.flat())
      this.#include(group, name, counts, times);
  }

  add(group: Group, name: string, counts: Counts, ms?: number): void {
    const bucket = Math.round(Math.log1p((ms ?? 0) * 1_000) * BUCKETS_PER_E);
    this.#include(group, name, counts, ms === undefined ? {} : { [bucket]: 1 });
  }

  #include(group: Group, name: string, counts: Counts, times: Counts): void {
    const entry = this.#entries.get(`${group} ${name}`) ?? [group, name, {}, {}];
    this.#entries.set(`${group} ${name}`, entry);
    addTo(entry[2], counts);
    addTo(entry[3], times);
  }

  tally(): Tally {
    return [...this.#entries.values()];
  }

  /** Figures of a group by name, and of all names together. Counts that are missing are 0. */
  figures<C extends string>(group: Group, counts: readonly C[]) {
    const entries = this.tally().filter(([each]) => each === group);
    const all: [Record<string, number>, Record<string, number>] = [{}, {}];
    for (const [, , own, times] of entries) {
      addTo(all[0], own);
      addTo(all[1], times);
    }
    const toFigures = (name: string, own: Counts, times: Counts) => ({
      name,
      ...(Object.fromEntries(counts.map((count) => [count, own[count] ?? 0])) as Record<C, number>),
      medianMs: quantile(times, 0.5),
      p99Ms: quantile(times, 0.99),
    });
    return {
      total: toFigures("all", ...all),
      byName: entries.map(([, name, own, times]) => toFigures(name, own, times)),
    };
  }
}

function addTo(sums: Record<string, number>, counts: Counts): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}

/** In milliseconds; 0 if nothing was timed. */
function quantile(times: Counts, share: number): number {
  // Integer keys are in ascending order.
  const entries = Object.entries(times);
  let left = Math.ceil(share * entries.reduce((sum, [, count]) => sum + count, 0));
  const found = entries.find(([, count]) => (left -= count) <= 0);
  return found === undefined ? 0 : Math.expm1(Number(found[0]) / BUCKETS_PER_E) / 1_000;
}
