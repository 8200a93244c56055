import { setTimeout as pause } from "node:timers/promises";
import { type Watch } from "@syntha/core";
import type { Counted, CounterTask } from "./children/counter.ts";
import { Child, startTogether } from "./harness/child.ts";
import { formatMs, Latencies } from "./harness/latencies.ts";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

const PROCESSES = 8;
const KEYS = ["a", "b", "c", "d"];
const PACED_EVERY_MS = 40;
const WITHIN_MS = 250;
/** With fewer paced changes, a busy machine decides the slowest hundredth. */
const MIN_PACED = 1_000;

/** Up to eight processes increment a few numbers by compare-and-set, while this process watches the changes. */
export const cas: Program = {
  name: "cas",
  guarantee:
    "Processes that compare and set lose no update, and a watch in another process receives a change within 250 ms (p99)",
  storages: ["sqlite", "node-sqlite", "postgres"],
  unit: "updates",
  count: 80_000,
  run: runCas,
};

async function runCas(run: Run): Promise<Findings> {
  const mesh = createMesh(run.database.storage());
  await mesh.system.pushMany(KEYS.map((key) => ({ key, value: 0, global: true })));
  const feed = mesh.system.watch({ buffer: 1_000_000 });
  const arrivals = new Map<number, number>();
  const watching = recordArrivals(feed, arrivals);
  while (feed.cursor === undefined) await pause(1);

  const acknowledged = new Map<number, number>();
  const pacedRevisions = new Set<number>();
  let [conflicts, duplicates] = [0, 0];
  const record = (message: Counted | "ready"): void => {
    if (message === "ready") return;
    for (const [revision, at] of message.counts) {
      if (acknowledged.has(revision)) duplicates++;
      acknowledged.set(revision, at);
      if (message.paced) pacedRevisions.add(revision);
    }
    conflicts += message.conflicts;
    run.progress(acknowledged.size);
  };
  const processes = Math.min(PROCESSES, Math.ceil(run.count / 4));
  const times = Math.ceil(run.count / processes);
  const pacedTimes = Math.min(200, Math.ceil(times / 4));
  const settings = {
    keys: KEYS,
    times: times - pacedTimes,
    pacedTimes,
    pacedEveryMs: PACED_EVERY_MS,
  };
  const children = Array.from({ length: processes }, (_, i) => {
    const own = { address: run.database.address, seed: run.random.seed(), name: `counter ${i}` };
    const task: CounterTask = { ...settings, ...own };
    return new Child<Counted | "ready">("counter", task, record);
  });
  await startTogether(children);
  const ended = Promise.all(children.map((child) => child.ended));
  const unpaced = (times - pacedTimes) * processes;
  await until(() => acknowledged.size >= unpaced || run.isOver, ended);
  for (const child of children) child.command("paced");
  await until(() => acknowledged.size >= times * processes || run.isOver, ended);
  const wasStopped = run.isOver;
  if (wasStopped) for (const child of children) child.kill();
  await (wasStopped ? ended : run.expectExits(children));

  const { revision: head } = await mesh.stats();
  await until(() => arrivals.size >= head - 1, pause(5_000, undefined, { ref: false }));
  const numbers = await mesh.system.getMany<number>(KEYS);
  const sum = Object.values(numbers).reduce<number>((total, number) => total + (number ?? 0), 0);
  // A process that was killed before it reported an update still counts in the sum.
  const lost = wasStopped
    ? Math.max(0, acknowledged.size - sum)
    : Math.abs(acknowledged.size - sum);
  run.expect(lost === 0, () => `${acknowledged.size} updates acknowledged, but the sum is ${sum}`);
  run.expect(duplicates === 0, () => `${duplicates} revisions were acknowledged twice`);
  run.expect(sum === head - 1, () => `${sum} updates in ${head - 1} commits`);
  await mesh.close();
  await watching;

  const [loaded, paced] = [new Latencies(), new Latencies()];
  let missing = 0;
  for (const [revision, at] of acknowledged) {
    const arrival = arrivals.get(revision);
    if (arrival === undefined) missing++;
    else (pacedRevisions.has(revision) ? paced : loaded).add(Math.max(0, arrival - at));
  }
  run.expect(missing === 0, () => `${missing} changes did not reach the watch`);
  const slowest = paced.quantile(0.99);
  run.expect(paced.count < MIN_PACED || slowest <= WITHIN_MS, () => {
    return `1 in 100 changes took ${formatMs(slowest)} to arrive`;
  });
  return {
    done: Math.min(run.count, acknowledged.size),
    figures: {
      processes,
      conflicts,
      lost,
      ...(paced.count > 0 && {
        "latency to a watch in another process, median": formatMs(paced.quantile(0.5)),
        p99: formatMs(slowest),
      }),
      ...(loaded.count > 0 && { "p99 under full load": formatMs(loaded.quantile(0.99)) }),
    },
  };
}

async function recordArrivals(feed: Watch, arrivals: Map<number, number>): Promise<void> {
  for await (const change of feed) {
    if (change.type !== "put") continue;
    arrivals.set(change.item.revision, performance.timeOrigin + performance.now());
  }
}

/** Resolves when the condition holds, or when `end` settles. */
async function until(condition: () => boolean, end: Promise<unknown>): Promise<void> {
  let isEnded = false;
  void end.then(() => (isEnded = true));
  while (!condition() && !isEnded) await pause(5);
}
