import { setTimeout as pause } from "node:timers/promises";
import type { Worked, WorkerTask } from "./children/worker.ts";
import { Child, startTogether } from "./harness/child.ts";
import { LogReplay } from "./harness/log-replay.ts";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

const PROCESSES = 4;
const WORKERS = 24;
const LEASE_MS = 250;
const PUSH_BATCH = 1_000;

/** Workers that sleep past their leases, in processes that are suspended at random. */
export const claims: Program = {
  name: "claims",
  guarantee: "All work is completed exactly once, even when workers sleep past their leases",
  storages: ["sqlite", "postgres"],
  unit: "work items",
  count: 10_000,
  run: runClaims,
};

async function runClaims(run: Run): Promise<Findings> {
  const storage = run.database.storage();
  const mesh = createMesh(storage);
  for (let from = 0; from < run.count; from += PUSH_BATCH) {
    const length = Math.min(PUSH_BATCH, run.count - from);
    const keys = Array.from({ length }, (_, i) => `work ${from + i}`);
    await mesh.system.pushMany(keys.map((key) => ({ key, value: null, topics: ["work"] })));
  }

  const completed = new Map<string, number[]>();
  const counts = { rejected: 0, slept: 0, suspensions: 0 };
  const record = (message: Worked): void => {
    if (message.type === "rejected") {
      counts.rejected++;
      if (message.slept) counts.slept++;
    }
    if (message.type !== "completed") return;
    completed.set(message.key, [...(completed.get(message.key) ?? []), message.revision]);
    run.progress(completed.size);
  };
  const processes = Math.min(PROCESSES, Math.ceil(run.count / 8));
  const children = Array.from({ length: processes }, (_, i) => {
    const names = Array.from({ length: WORKERS / processes }, (__, n) => `worker ${i}.${n}`);
    const { address } = run.database;
    const task: WorkerTask = { address, names, seed: run.random.seed(), leaseMs: LEASE_MS };
    return new Child<Worked>("worker", task, record);
  });
  await startTogether(children);
  while (completed.size < run.count && !children.some(({ hasEnded }) => hasEnded) && !run.isOver) {
    await pause(run.random.between(50, 300));
    if (run.random.chance(0.7)) continue;
    // Suspends the whole process: it cannot notice that its leases expire.
    const child = run.random.pick(children);
    child.kill("SIGSTOP");
    await pause(LEASE_MS * (1 + run.random.next()));
    child.kill("SIGCONT");
    counts.suspensions++;
  }
  for (const child of children) child.command("stop");
  await run.expectExits(children);

  const wasStopped = run.isOver;
  const logged = new Map<string, number[]>();
  const replay = new LogReplay("soak");
  await replay.read(storage, ({ change, position }) => {
    if (change.type !== "put" || change.after.state !== "done") return;
    logged.set(change.key, [...(logged.get(change.key) ?? []), position]);
  });
  const duplicates = [...logged].filter(([, positions]) => positions.length > 1);
  for (const [key, positions] of duplicates)
    run.breach(`${key} was completed at ${positions.join(", ")}`);
  for (const [key, revisions] of completed) {
    const [acknowledged, stored] = [revisions.join(), logged.get(key)?.join()];
    run.expect(acknowledged === stored, () => {
      return `${key}: acknowledged at ${acknowledged}, logged at ${stored}`;
    });
  }
  const left = run.count - logged.size;
  run.expect(wasStopped || left === 0, () => `${left} work items were not completed`);
  run.expect(replay.gaps === 0, () => `${replay.gaps} gaps in the log`);
  await mesh.close();
  return {
    done: logged.size,
    figures: {
      workers: WORKERS,
      processes,
      "slept past the lease": counts.slept,
      "processes suspended past the lease": counts.suspensions,
      "late completions rejected": counts.rejected,
      "completed twice": duplicates.length,
      ...(!wasStopped && { "not completed": left }),
    },
  };
}
