import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { type AgentContext, type ContextMesh, type Watch } from "@syntha/core";
import { alone } from "./harness/alone.ts";
import { Latencies, spellMs } from "./harness/latencies.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

const QUICK = 8;
const SLOW = 8;
const BUFFER = 16;
/** Changes of one stretch. */
const STRETCH = 1_000;
const WITHIN = 1.1;
/** Fewer pairs of stretches than this say nothing about one part in ten. */
const ENOUGH = 50;

/** Watches that stop taking, beside others that don't; the same watches keep up every second time. */
export const slowWatchers: Program = {
  name: "slow-watchers",
  promise:
    "Watches that lag are told so, can go on from there, and slow others by less than a tenth (p99)",
  storages: ["sqlite", "postgres", "memory"],
  unit: "changes",
  count: 400_000,
  run: lag,
};

async function lag(run: Run): Promise<Findings> {
  const storage = run.site.storage();
  const mesh = meshOn(storage);
  const clocks: Clocks = { written: [], latencies: new Latencies() };
  const quick = Array.from({ length: QUICK }, (_, i) => mesh.agent(`quick ${i}`).watch());
  const taking = quick.map((feed) => time(feed, clocks));
  const ratios: number[] = [];
  const all = { keeping: new Latencies(), lagging: new Latencies() };
  const found = { changes: 0, lagged: 0, dropped: 0 };
  // The first stretches are slower than all that follow.
  for (let i = 0; i < 2; i++) await stretch(run, mesh, clocks, i === 0);
  while (found.changes < run.count && !run.isOver) {
    run.progress(found.changes);
    const p99 = { keeping: 0, lagging: 0 };
    for (const kind of run.random.chance(0.5)
      ? (["keeping", "lagging"] as const)
      : (["lagging", "keeping"] as const)) {
      clocks.latencies = new Latencies();
      const told = await stretch(run, mesh, clocks, kind === "keeping");
      found.lagged += told.lagged;
      found.dropped += told.dropped;
      found.changes += STRETCH;
      p99[kind] = clocks.latencies.quantile(0.99);
      all[kind].join(clocks.latencies);
      const due = STRETCH * QUICK;
      run.expect(clocks.latencies.count === due, () => {
        return `the quick watches were told ${clocks.latencies.count} of ${due} changes`;
      });
    }
    ratios.push(p99.lagging / p99.keeping);
  }
  const ratio = ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN;
  run.expect(found.dropped > 0, () => "no watch lagged");
  run.expect(ratios.length < ENOUGH || ratio < WITHIN, () => {
    return `the p99 of others was ${ratio.toFixed(2)} times what it was when all keep up`;
  });
  await mesh.close();
  await Promise.all(taking);
  return {
    done: Math.min(run.count, found.changes),
    figures: {
      "quick watches": QUICK,
      "slow watches": SLOW,
      "told that they lag": found.lagged,
      "changes dropped and fetched later": found.dropped,
      "p99 of the quick": spellMs(all.lagging.quantile(0.99)),
      "when all keep up": spellMs(all.keeping.quantile(0.99)),
      "ratio, median of pairs": ratio.toFixed(2),
    },
  };
}

interface Clocks {
  /** When each change was asked for, by its number. */
  written: number[];
  latencies: Latencies;
}

async function time(feed: Watch, clocks: Clocks): Promise<void> {
  for await (const change of feed) {
    const now = performance.now();
    if (change.type !== "put") continue;
    clocks.latencies.add(now - (clocks.written[change.item.value as number] ?? 0));
  }
}

/** Writes for a while beside watches that keep up or do not. Those that don't must find everything afterwards. */
async function stretch(
  run: Run,
  mesh: ContextMesh,
  clocks: Clocks,
  isKeeping: boolean,
): Promise<{ lagged: number; dropped: number }> {
  const readers = Array.from({ length: SLOW }, (_, i) => mesh.agent(`slow ${i}`));
  const buffer = isKeeping ? 4 * STRETCH : BUFFER;
  const feeds = readers.map((reader) => reader.watch({ buffer }));
  const keeping = isKeeping ? feeds.map((feed) => take(feed, STRETCH)) : [];
  clocks.written = [];
  for (let number = 0; number < STRETCH; number++) {
    clocks.written[number] = performance.now();
    await mesh.system.push(`key ${number % 50}`, number, { global: true });
    await nextTurn();
  }
  await pause(20);
  const found = { lagged: 0, dropped: 0 };
  for (const [i, feed] of feeds.entries()) {
    const { numbers, dropped } = isKeeping
      ? { numbers: (await keeping[i]) ?? [], dropped: 0 }
      : await catchUp(feed, readers[i] as AgentContext);
    if (dropped > 0) found.lagged++;
    found.dropped += dropped;
    const isWhole = numbers.length === STRETCH && numbers.every((each, at) => each === at);
    run.expect(isWhole, () => `a slow watch was told ${numbers.length} of ${STRETCH} changes`);
    await feed.return();
  }
  return found;
}

/** What waited, then what was dropped. */
async function catchUp(
  feed: Watch,
  reader: AgentContext,
): Promise<{ numbers: unknown[]; dropped: number }> {
  const numbers = await take(feed, BUFFER);
  const { value: lagged } = await feed.next();
  if (lagged?.type !== "lagged") return { numbers, dropped: 0 };
  const rest = reader.watch({ since: lagged.cursor, buffer: 4 * STRETCH });
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

await alone(import.meta.url, slowWatchers);
