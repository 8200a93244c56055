import type { Closed, CloserTask } from "./children/closer.ts";
import { Child } from "./harness/child.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

/** A process with nothing left to do exits at once; this allows for a busy machine. */
const WITHIN_MS = 5_000;

/** Processes that close a mesh during reads, writes, watches and work, and must then exit. */
export const shutdown: Program = {
  name: "shutdown",
  guarantee:
    "Closing releases the leases of workers, ends calls in flight, and leaves no handles open",
  storages: ["sqlite", "postgres", "memory"],
  unit: "processes",
  count: 200,
  run: runShutdown,
};

async function runShutdown(run: Run): Promise<Findings> {
  const counts = { handles: 0, claimed: 0, unexpected: 0, running: 0, hung: 0 };
  let done = 0;
  for (; run.continues(done); done++) {
    const database = await run.createDatabase();
    let closed: Closed | undefined;
    const task: CloserTask = { address: database.address, seed: run.random.seed() };
    const child = new Child<Closed>("closer", task, (message) => (closed = message));
    await child.started;
    const end = await child.endWithin(WITHIN_MS);
    await database.remove();
    const { handles = ["?"], claimed = 0, unexpected = [], running = 0 } = closed ?? {};
    const isClean = handles.length + claimed + unexpected.length + running === 0;
    run.expect(isClean && end === 0, () => {
      return `process ${done} ended with ${end} after ${JSON.stringify(closed)}`;
    });
    counts.handles += handles.length;
    counts.claimed += claimed;
    counts.unexpected += unexpected.length;
    counts.running += running;
    if (end !== 0) counts.hung++;
  }
  return {
    done,
    figures: {
      "handles left": counts.handles,
      "leases left": counts.claimed,
      "watches and workers left": counts.running,
      "unexpected errors": counts.unexpected,
      "processes that did not exit": counts.hung,
    },
  };
}
