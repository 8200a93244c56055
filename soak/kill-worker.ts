import { setTimeout as pause } from "node:timers/promises";
import type { Survived } from "./children/survivor.ts";
import { Child, startTogether } from "./harness/child.ts";
import { citusIsMissing, startCitusDatabase } from "./harness/citus-database.ts";
import { formatMs, Latencies } from "./harness/latencies.ts";
import type { ChildTask } from "./harness/parent.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { WriteAudit } from "./harness/write-audit.ts";

const WRITERS = 2;
/** For the recovery of the server and of the processes. */
const WITHIN_MS = 30_000;

/** Servers of a Citus cluster that sync to disk, killed repeatedly while two processes write to a tenant. */
export const killWorker: Program = {
  name: "kill-worker",
  guarantee:
    "An acknowledged write survives `kill -9` of the Citus worker that has the tenant, or of the coordinator, and the processes resume without a restart",
  storages: ["postgres"],
  unit: "kills",
  count: 200,
  unavailable: citusIsMissing,
  run: runKillWorker,
};

async function runKillWorker(run: Run): Promise<Findings> {
  await using cluster = await startCitusDatabase();
  const { address } = cluster;
  const audit = new WriteAudit(run);
  const recoveries = new Latencies();
  const children = Array.from({ length: WRITERS }, (_, i) => {
    const task: ChildTask = { address, name: `survivor ${i}` };
    return new Child<Survived>("survivor", task, (message) => audit.record(message));
  });
  await startTogether(children);
  let done = 0;
  for (; run.continues(done); done++) {
    await pause(50 + run.random.below(300));
    const server = run.random.chance(0.2) ? cluster.coordinator : await cluster.workerOf("soak");
    await server.kill();
    // Sometimes it is missed for a while.
    if (run.random.chance(0.1)) await pause(1_000);
    await server.start();
    const recoveryMs = await audit.nextWrite(WITHIN_MS);
    recoveries.add(recoveryMs);
    run.expect(recoveryMs < Infinity, () => `kill ${done}: no process writes`);
    const hasEnded = children.some((child) => child.hasEnded);
    run.expect(!hasEnded, () => `kill ${done}: a process has ended`);
    await audit.verify(cluster.storage());
  }
  for (const child of children) void child.stop(WITHIN_MS);
  await run.expectExits(children);
  await audit.verifyFinal(cluster.storage());
  return {
    done,
    figures: {
      ...audit.figures,
      "first write after a restart, median": formatMs(recoveries.quantile(0.5)),
      slowest: formatMs(recoveries.quantile(1)),
    },
  };
}
