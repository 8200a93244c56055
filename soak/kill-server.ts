import { setTimeout as pause } from "node:timers/promises";
import { startServer } from "@syntha/testing-postgres";
import type { Survived } from "./children/survivor.ts";
import { Child, startTogether } from "./harness/child.ts";
import { formatMs, Latencies } from "./harness/latencies.ts";
import type { ChildTask } from "./harness/parent.ts";
import { postgresDatabase } from "./harness/postgres-database.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { WriteAudit } from "./harness/write-audit.ts";

const WRITERS = 2;
/** For the recovery of the server and of the processes. */
const WITHIN_MS = 30_000;

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
  const server = await startServer({ durable: true });
  const database = await postgresDatabase(server.url);
  const audit = new WriteAudit(run);
  const recoveries = new Latencies();
  let [done, corrupt] = [0, 0];
  try {
    // Installs the schema first: `migrations` tests installers that are killed.
    const storage = database.storage();
    await storage.open();
    await storage.close();
    const children = Array.from({ length: WRITERS }, (_, i) => {
      const task: ChildTask = { address: database.address, name: `survivor ${i}` };
      return new Child<Survived>("survivor", task, (message) => audit.record(message));
    });
    await startTogether(children);
    for (; run.continues(done); done++) {
      await pause(50 + run.random.below(300));
      await server.kill();
      await server.start();
      const recoveryMs = await audit.nextWrite(WITHIN_MS);
      recoveries.add(recoveryMs);
      run.expect(recoveryMs < Infinity, () => `round ${done}: no process writes`);
      const hasEnded = children.some((child) => child.hasEnded);
      run.expect(!hasEnded, () => `round ${done}: a process has ended`);
      await audit.verify(storage);
      const corruption = await database.integrity();
      run.expect(corruption === undefined, () => `round ${done}: ${corruption}`);
      if (corruption !== undefined) corrupt++;
    }
    for (const child of children) void child.stop(WITHIN_MS);
    await run.expectExits(children);
    await audit.verifyFinal(storage);
  } finally {
    await server.stop();
  }
  return {
    done,
    figures: {
      ...audit.figures,
      "integrity checks failed": corrupt,
      "first write after a restart, median": formatMs(recoveries.quantile(0.5)),
    },
  };
}
