import { alone } from "./harness/alone.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

const AT_ONCE = 64;
/** Pushes before memory is measured first: connections, plans, code and the heap's own reserve are there by then. */
const WARM = 50_000;
const MOST_MB = 100;

/** Items by the hundred thousand, and what the process that pushes them keeps of them. */
export const growth: Program = {
  name: "growth",
  promise:
    "A process' memory does not grow with the number of items in the mesh (by 100 MB at most)",
  storages: ["sqlite", "postgres"],
  unit: "pushes",
  count: 1_000_000,
  run: grow,
};

async function grow(run: Run): Promise<Findings> {
  const mesh = meshOn(run.site.storage());
  const agent = mesh.agent("Writer");
  await mesh.agent("Reader").subscribe(["work"]);
  let [done, before, most] = [0, 0, 0];
  while (done < run.count && !run.isOver) {
    const times = Math.min(AT_ONCE, run.count - done);
    await Promise.all(
      Array.from({ length: times }, (_, n) =>
        agent.push(`item ${done + n}`, { n, note: "x".repeat(100) }, { topics: ["work"] }),
      ),
    );
    done += times;
    run.progress(done);
    if (before === 0 && done >= Math.min(WARM, run.count / 10)) before = megabytes();
    if (done % (AT_ONCE * 100) === 0) most = Math.max(most, megabytes());
  }
  const after = megabytes();
  most = Math.max(most, after);
  const { items } = await mesh.stats();
  if (items !== done) run.breach(`${done} were pushed, and ${items} are there`);
  const grown = Math.round(after - before);
  if (grown > MOST_MB) run.breach(`memory grew by ${grown} MB, from ${Math.round(before)} MB`);
  await mesh.close();
  return {
    done,
    figures: {
      "MB at first": Math.round(before),
      "MB at last": Math.round(after),
      "MB at most": Math.round(most),
    },
  };
}

function megabytes(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

await alone(import.meta.url, growth);
