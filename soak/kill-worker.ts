import { setTimeout as pause } from "node:timers/promises";
import { citusIsMissing, startCitusDatabase } from "./harness/citus-database.ts";
import { formatMs, Latencies } from "./harness/latencies.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { Survivors } from "./harness/survivors.ts";

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
  const survivors = await Survivors.start(run, cluster.address);
  const recoveries = new Latencies();
  let done = 0;
  for (; run.continues(done); done++) {
    await pause(50 + run.random.below(300));
    const server = run.random.chance(0.2) ? cluster.coordinator : await cluster.workerOf("soak");
    await server.kill();
    // Sometimes it is missed for a while.
    if (run.random.chance(0.1)) await pause(1_000);
    await server.start();
    recoveries.add(await survivors.recover(`kill ${done}`, cluster.storage()));
  }
  await survivors.stop(cluster.storage());
  return {
    done,
    figures: {
      ...survivors.figures,
      "first write after a restart, median": formatMs(recoveries.quantile(0.5)),
      slowest: formatMs(recoveries.quantile(1)),
    },
  };
}
