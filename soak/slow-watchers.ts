import { setImmediate as nextTick, setTimeout as pause } from "node:timers/promises";
import { type AgentContext, type ContextMesh, type Watch } from "@syntha/core";
import { formatMs, Latencies } from "./harness/latencies.ts";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

const FAST = 8;
const SLOW = 8;
const SLOW_BUFFER = 16;
/** Changes per phase. */
const PHASE = 1_000;
const MAX_RATIO = 1.1;
/** With fewer pairs of phases, noise exceeds the limit of one tenth. */
const MIN_PAIRS = 50;

/** Watches that stop reading next to watches that keep up; in every second phase all of them keep up. */
export const slowWatchers: Program = {
  name: "slow-watchers",
  guarantee:
    "Watches that lag receive a `lagged` change, can resume from it, and slow other watches by less than a tenth (p99)",
  storages: ["sqlite", "postgres", "memory"],
  unit: "changes",
  count: 400_000,
  run: runSlowWatchers,
};

async function runSlowWatchers(run: Run): Promise<Findings> {
  const storage = run.database.storage();
  const mesh = createMesh(storage);
  const measurement: Measurement = { written: [], latencies: new Latencies() };
  const fast = Array.from({ length: FAST }, (_, i) => mesh.agent(`fast ${i}`).watch());
  const taking = fast.map((feed) => measure(feed, measurement));
  const ratios: number[] = [];
  const all = { keeping: new Latencies(), lagging: new Latencies() };
  const counts = { changes: 0, lagged: 0, dropped: 0 };
  // Warm-up: the first phases are slower than the rest.
  for (let i = 0; i < 2; i++) await runPhase(run, mesh, measurement, i === 0);
  while (run.continues(counts.changes)) {
    const p99 = { keeping: 0, lagging: 0 };
    for (const kind of run.random.chance(0.5)
      ? (["keeping", "lagging"] as const)
      : (["lagging", "keeping"] as const)) {
      measurement.latencies = new Latencies();
      const phase = await runPhase(run, mesh, measurement, kind === "keeping");
      counts.lagged += phase.lagged;
      counts.dropped += phase.dropped;
      counts.changes += PHASE;
      p99[kind] = measurement.latencies.quantile(0.99);
      all[kind].merge(measurement.latencies);
      const expected = PHASE * FAST;
      run.expect(measurement.latencies.count === expected, () => {
        return `the fast watches received ${measurement.latencies.count} of ${expected} changes`;
      });
    }
    ratios.push(p99.lagging / p99.keeping);
  }
  const ratio = ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN;
  run.expect(counts.dropped > 0, () => "no watch lagged");
  run.expect(ratios.length < MIN_PAIRS || ratio < MAX_RATIO, () => {
    return `the p99 of the fast watches was ${ratio.toFixed(2)} times their p99 when all keep up`;
  });
  await mesh.close();
  await Promise.all(taking);
  return {
    done: Math.min(run.count, counts.changes),
    figures: {
      "fast watches": FAST,
      "slow watches": SLOW,
      "lagged changes received": counts.lagged,
      "changes dropped and read later": counts.dropped,
      "p99 of the fast watches": formatMs(all.lagging.quantile(0.99)),
      "p99 when all keep up": formatMs(all.keeping.quantile(0.99)),
      "ratio, median of pairs": ratio.toFixed(2),
    },
  };
}

interface Measurement {
  /** When each change was submitted, by its number. */
  written: number[];
  latencies: Latencies;
}

async function measure(feed: Watch, measurement: Measurement): Promise<void> {
  for await (const change of feed) {
    const now = performance.now();
    if (change.type !== "put") continue;
    measurement.latencies.add(now - (measurement.written[change.item.value as number] ?? 0));
  }
}

/** Writes one phase; the slow watches keep up or lag. Those that lag must receive every change afterwards. */
async function runPhase(
  run: Run,
  mesh: ContextMesh,
  measurement: Measurement,
  keepUp: boolean,
): Promise<{ lagged: number; dropped: number }> {
  const readers = Array.from({ length: SLOW }, (_, i) => mesh.agent(`slow ${i}`));
  const buffer = keepUp ? 4 * PHASE : SLOW_BUFFER;
  const feeds = readers.map((reader) => reader.watch({ buffer }));
  const keeping = keepUp ? feeds.map((feed) => take(feed, PHASE)) : [];
  measurement.written = [];
  for (let number = 0; number < PHASE; number++) {
    measurement.written[number] = performance.now();
    await mesh.system.push(`key ${number % 50}`, number, { global: true });
    await nextTick();
  }
  await pause(20);
  const counts = { lagged: 0, dropped: 0 };
  for (const [i, feed] of feeds.entries()) {
    const { numbers, dropped } = keepUp
      ? { numbers: (await keeping[i]) ?? [], dropped: 0 }
      : await catchUp(feed, readers[i] as AgentContext);
    if (dropped > 0) counts.lagged++;
    counts.dropped += dropped;
    const isComplete = numbers.length === PHASE && numbers.every((each, at) => each === at);
    run.expect(isComplete, () => `a slow watch received ${numbers.length} of ${PHASE} changes`);
    await feed.return();
  }
  return counts;
}

/** Reads the buffered changes, then the dropped ones. */
async function catchUp(
  feed: Watch,
  reader: AgentContext,
): Promise<{ numbers: unknown[]; dropped: number }> {
  const numbers = await take(feed, SLOW_BUFFER);
  const { value: lagged } = await feed.next();
  if (lagged?.type !== "lagged") return { numbers, dropped: 0 };
  const rest = reader.watch({ since: lagged.cursor, buffer: 4 * PHASE });
  numbers.push(...(await take(rest, lagged.dropped)));
  await rest.return();
  return { numbers, dropped: lagged.dropped };
}

async function take(feed: Watch, count: number): Promise<unknown[]> {
  const numbers: unknown[] = [];
  while (numbers.length < count) {
    const { value: change } = await feed.next();
    if (change?.type !== "put") break;
    numbers.push(change.item.value);
  }
  return numbers;
}
