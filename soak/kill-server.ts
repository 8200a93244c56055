import { setTimeout as pause } from "node:timers/promises";
import { startServer } from "@syntha/testing-postgres";
import type { Survived, SurvivorTask } from "./children/survivor.ts";
import { Child } from "./harness/child.ts";
import { runIfMain } from "./harness/entry-point.ts";
import { Latencies, formatMs } from "./harness/latencies.ts";
import { postgresDatabase } from "./harness/postgres-database.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";
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
  const counts = { lost: 0, storedFailures: 0, corrupt: 0 };
  const recoveries = new Latencies();
  let done = 0;
  try {
    // Installs the schema first: `migrations` tests installers that are killed.
    const storage = database.storage();
    await storage.open();
    await storage.close();
    const children = Array.from({ length: WRITERS }, (_, i) => {
      const task: SurvivorTask = { address: database.address, name: `survivor ${i}` };
      return new Child<Survived>("survivor", task, (message) => audit.record(message));
    });
    let running = WRITERS;
    for (const child of children) void child.ended.then(() => running--);
    await Promise.all(children.map(({ started }) => started));
    for (const child of children) child.command("go");
    for (; done < run.count && !run.isOver; done++) {
      run.progress(done);
      await pause(50 + run.random.below(300));
      await server.kill();
      await server.start();
      const start = performance.now();
      while (audit.lastWrote <= start && performance.now() - start < WITHIN_MS) await pause(2);
      recoveries.add(performance.now() - start);
      run.expect(audit.lastWrote > start, () => `round ${done}: no process writes`);
      run.expect(running === WRITERS, () => `round ${done}: a process has ended`);
      await storage.open();
      const { lost, storedFailures } = await audit.verify(storage);
      await storage.close();
      const corruption = await database.integrity();
      run.expect(corruption === undefined, () => `round ${done}: ${corruption}`);
      counts.lost += lost;
      counts.storedFailures = storedFailures;
      if (corruption !== undefined) counts.corrupt++;
    }
    for (const child of children) child.command("stop");
    const timer = setTimeout(() => children.forEach((child) => child.kill()), WITHIN_MS);
    for (const { ended } of children) {
      const end = await ended;
      run.expect(end === 0, () => `a process ended with ${end}`);
    }
    clearTimeout(timer);
    await storage.open();
    await audit.verifyFinal(storage);
    await storage.close();
  } finally {
    await server.stop();
  }
  return {
    done,
    figures: {
      "writes acknowledged": audit.acknowledged,
      lost: counts.lost,
      "reported as failed": audit.failed,
      "reported as failed but stored": counts.storedFailures,
      "reported as UNKNOWN_OUTCOME": audit.unknown,
      "integrity checks failed": counts.corrupt,
      "first write after a restart, median": formatMs(recoveries.quantile(0.5)),
    },
  };
}

await runIfMain(import.meta.url, killServer);
