import { setTimeout as pause } from "node:timers/promises";
import type { Worked, WorkerTask } from "./children/worker.ts";
import { alone } from "./harness/alone.ts";
import { Member } from "./harness/crew.ts";
import { Fold } from "./harness/fold.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

const PROCESSES = 4;
const WORKERS = 24;
const LEASE_MS = 250;
const PUSHED_AT_ONCE = 1_000;

/** Workers that sleep past their leases, in processes that are stopped for a while now and then. */
export const claims: Program = {
  name: "claims",
  promise: "No work is completed twice and none is left, also when workers sleep past their leases",
  storages: ["sqlite", "postgres"],
  unit: "pieces of work",
  count: 10_000,
  run: share,
};

async function share(run: Run): Promise<Findings> {
  const storage = run.site.storage();
  const mesh = meshOn(storage);
  for (let from = 0; from < run.count; from += PUSHED_AT_ONCE) {
    const length = Math.min(PUSHED_AT_ONCE, run.count - from);
    const keys = Array.from({ length }, (_, i) => `work ${from + i}`);
    await mesh.system.pushMany(keys.map((key) => ({ key, value: null, topics: ["work"] })));
  }

  const completed = new Map<string, number[]>();
  const found = { refused: 0, slept: 0, stops: 0 };
  const hear = (message: Worked): void => {
    if (message.type === "refused") {
      found.refused++;
      if (message.slept) found.slept++;
    }
    if (message.type !== "completed") return;
    completed.set(message.key, [...(completed.get(message.key) ?? []), message.revision]);
    run.progress(completed.size);
  };
  const members = Array.from({ length: PROCESSES }, (_, i) => {
    const names = Array.from({ length: WORKERS / PROCESSES }, (__, n) => `worker ${i}.${n}`);
    const { address } = run.site;
    const task: WorkerTask = { address, names, seed: run.random.seed(), leaseMs: LEASE_MS };
    return new Member<Worked>("worker", task, hear);
  });
  await Promise.all(members.map(({ begun }) => begun));
  let running = PROCESSES;
  for (const member of members) {
    void member.ended.then(() => running--);
    member.order("go");
  }
  while (completed.size < run.count && running === PROCESSES && !run.isOver) {
    await pause(run.random.between(50, 300));
    if (run.random.chance(0.7)) continue;
    // The whole process stands still, whatever it is doing, and does not know.
    const member = run.random.pick(members);
    member.kill("SIGSTOP");
    await pause(LEASE_MS * (1 + run.random.next()));
    member.kill("SIGCONT");
    found.stops++;
  }
  for (const member of members) member.order("stop");
  for (const [i, end] of (await Promise.all(members.map(({ ended }) => ended))).entries())
    run.expect(end === 0, () => `process ${i} ended by ${end}`);

  const wasCut = run.isOver;
  const logged = new Map<string, number[]>();
  const fold = new Fold("soak");
  await fold.read(storage, ({ change, position }) => {
    if (change.type !== "put" || change.after.state !== "done") return;
    logged.set(change.key, [...(logged.get(change.key) ?? []), position]);
  });
  const twice = [...logged].filter(([, positions]) => positions.length > 1);
  for (const [key, positions] of twice)
    run.breach(`${key} was completed at ${positions.join(", ")}`);
  for (const [key, revisions] of completed) {
    const isSame = JSON.stringify(revisions) === JSON.stringify(logged.get(key));
    run.expect(isSame, () => `${key}: told ${revisions.join()}, logged ${logged.get(key)?.join()}`);
  }
  const left = run.count - logged.size;
  run.expect(wasCut || left === 0, () => `${left} pieces of work were left`);
  run.expect(fold.gaps === 0, () => `${fold.gaps} gaps in the log`);
  await mesh.close();
  return {
    done: logged.size,
    figures: {
      workers: WORKERS,
      processes: PROCESSES,
      "slept past their lease": found.slept,
      "processes stopped past it": found.stops,
      "late completions refused": found.refused,
      "completed twice": twice.length,
      ...(!wasCut && { left }),
    },
  };
}

await alone(import.meta.url, claims);
