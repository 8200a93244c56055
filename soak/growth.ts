import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

const CONCURRENCY = 64;
/** Pushes before the first measurement: connections, plans, code and the heap reserve exist by then. */
const WARM_UP = 50_000;
const MAX_GROWTH_MB = 100;

/** Pushes many items and measures the memory of the pushing process. */
export const growth: Program = {
  name: "growth",
  guarantee:
    "The memory of a process does not grow with the number of items in the mesh (limit: 100 MB)",
  storages: ["sqlite", "postgres"],
  unit: "pushes",
  count: 1_000_000,
  run: runGrowth,
};

async function runGrowth(run: Run): Promise<Findings> {
  const mesh = createMesh(run.database.storage());
  const agent = mesh.agent("Writer");
  await mesh.agent("Reader").subscribe(["work"]);
  let [done, before, peak] = [0, 0, 0];
  while (run.continues(done)) {
    const times = Math.min(CONCURRENCY, run.count - done);
    await Promise.all(
      Array.from({ length: times }, (_, n) =>
        agent.push(`item ${done + n}`, { n, note: "x".repeat(100) }, { topics: ["work"] }),
      ),
    );
    done += times;
    if (before === 0 && done >= Math.min(WARM_UP, run.count / 10)) before = megabytes();
    if (done % (CONCURRENCY * 100) === 0) peak = Math.max(peak, megabytes());
  }
  const after = megabytes();
  peak = Math.max(peak, after);
  const { items } = await mesh.stats();
  if (items !== done) run.breach(`${done} items were pushed, ${items} are stored`);
  const grown = Math.round(after - before);
  if (grown > MAX_GROWTH_MB)
    run.breach(`memory grew by ${grown} MB, from ${Math.round(before)} MB`);
  await mesh.close();
  return {
    done,
    figures: {
      "MB at start": Math.round(before),
      "MB at end": Math.round(after),
      "MB at peak": Math.round(peak),
    },
  };
}

function megabytes(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
