import type { Closed, CloserTask } from "./children/closer.ts";
import { alone } from "./harness/alone.ts";
import { Member } from "./harness/crew.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

/** A process with nothing left to do ends at once; this is long enough on a busy machine. */
const WITHIN_MS = 5_000;

/** Processes that close a mesh in the middle of everything, and must then end by themselves. */
export const shutdown: Program = {
  name: "shutdown",
  promise:
    "Closing gives back what workers hold, ends what is under way, and leaves nothing behind",
  storages: ["sqlite", "postgres", "memory"],
  unit: "processes",
  count: 200,
  run: close,
};

async function close(run: Run): Promise<Findings> {
  const found = { handles: 0, claimed: 0, odd: 0, unended: 0, killed: 0 };
  let done = 0;
  for (; done < run.count && !run.isOver; done++) {
    run.progress(done);
    const site = await run.anotherSite();
    let closed: Closed | undefined;
    const task: CloserTask = { address: site.address, seed: run.random.seed() };
    const member = new Member<Closed>("closer", task, (said) => (closed = said));
    await member.begun;
    const timer = setTimeout(() => member.kill(), WITHIN_MS);
    const end = await member.ended;
    clearTimeout(timer);
    await site.remove();
    const { handles = ["?"], claimed = 0, odd = [], unended = 0 } = closed ?? {};
    const isClean = handles.length + claimed + odd.length + unended === 0;
    run.expect(isClean && end === 0, () => {
      return `process ${done} ended by ${end} after ${JSON.stringify(closed)}`;
    });
    found.handles += handles.length;
    found.claimed += claimed;
    found.odd += odd.length;
    found.unended += unended;
    if (end !== 0) found.killed++;
  }
  return {
    done,
    figures: {
      "handles left": found.handles,
      "leases left": found.claimed,
      "watches and workers left": found.unended,
      "odd errors": found.odd,
      "processes that did not end": found.killed,
    },
  };
}

await alone(import.meta.url, shutdown);
