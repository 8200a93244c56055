import { setTimeout as pause } from "node:timers/promises";
import { startServer } from "@syntha/testing-postgres";
import { formatMs, Latencies } from "./harness/latencies.ts";
import { postgresDatabase } from "./harness/postgres-database.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { Survivors } from "./harness/survivors.ts";

/** A server that syncs to disk, killed repeatedly while two processes write to it. */
export const killServer: Program = {
  name: "kill-server",
  guarantee:
    "An acknowledged write survives `kill -9` of the server, and the processes resume without a restart",
  storages: ["postgres"],
  unit: "rounds",
  count: 200,
  run: runKillServer,
};

async function runKillServer(run: Run): Promise<Findings> {
  await using server = await startServer({ durable: true });
  const database = await postgresDatabase(server.url);
  // Installs the schema first: `migrations` tests installers that are killed.
  const storage = database.storage();
  await storage.open();
  await storage.close();
  const survivors = await Survivors.start(run, database.address);
  const recoveries = new Latencies();
  let [done, corrupt] = [0, 0];
  for (; run.continues(done); done++) {
    await pause(50 + run.random.below(300));
    await server.kill();
    await server.start();
    recoveries.add(await survivors.recover(`round ${done}`, storage));
    const corruption = await database.integrity();
    run.expect(corruption === undefined, () => `round ${done}: ${corruption}`);
    if (corruption !== undefined) corrupt++;
  }
  await survivors.stop(storage);
  return {
    done,
    figures: {
      ...survivors.figures,
      "integrity checks failed": corrupt,
      "first write after a restart, median": formatMs(recoveries.quantile(0.5)),
    },
  };
}
