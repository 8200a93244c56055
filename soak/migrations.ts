import { setTimeout as pause } from "node:timers/promises";
import { Child } from "./harness/child.ts";
import type { Database } from "./harness/database.ts";
import { createMesh } from "./harness/storage.ts";
import type { ChildTask } from "./harness/parent.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

const INSTALLERS = 20;
const KILL_LIKELIHOOD = 0.4;

/** Twenty processes open a storage that does not exist yet, and many of them are killed meanwhile. */
export const migrations: Program = {
  name: "migrations",
  guarantee:
    "Any number of processes may install the schema at once and be killed at any step: the schema is complete and correct",
  storages: ["sqlite", "node-sqlite", "postgres"],
  unit: "rounds",
  count: 50,
  run: runMigrations,
};

type Message = "ready" | "open" | "written";

async function runMigrations(run: Run): Promise<Findings> {
  const expected = await schemaOf(run.database);
  const counts = { killed: 0, incomplete: 0, differing: 0 };
  // Estimate of how long the first installer takes, in milliseconds.
  let expectedMs = 20;
  let done = 0;
  for (; run.continues(done); done++) {
    const database = await run.createDatabase();
    try {
      const round = await installAtOnce(run, database, expectedMs);
      expectedMs = (expectedMs + round.openedAfterMs) / 2;
      counts.killed += round.killed;
      counts.incomplete += round.incomplete;
      const schema = await schemaOf(database, round.written);
      run.expect(schema === expected, () => {
        return `round ${done}: the schema is ${schema}, not ${expected}`;
      });
      if (schema !== expected) counts.differing++;
    } finally {
      await database.remove();
    }
  }
  run.expect(
    done < 5 || counts.incomplete > 0,
    () => "no installer was killed before the schema was complete",
  );
  return {
    done,
    figures: {
      "installers at once": INSTALLERS,
      killed: counts.killed,
      "killed before the schema was complete": counts.incomplete,
      "schemas that differ": counts.differing,
    },
  };
}

interface Round {
  readonly killed: number;
  readonly incomplete: number;
  readonly written: readonly string[];
  /** Time until the first installer had opened the storage. */
  readonly openedAfterMs: number;
}

async function installAtOnce(run: Run, database: Database, expectedMs: number): Promise<Round> {
  const written: string[] = [];
  let openedAfterMs = 0;
  let started = 0;
  const installers = Array.from({ length: INSTALLERS }, (_, i) => {
    const task: ChildTask = { address: database.address, name: `installer ${i}` };
    const child = new Child<Message>("installer", task, (message) => {
      if (message === "open" && openedAfterMs === 0) openedAfterMs = performance.now() - started;
      if (message === "written") written.push(task.name);
    });
    return {
      child,
      isKilled: run.random.chance(KILL_LIKELIHOOD),
      after: run.random.next() * expectedMs * 1.5,
    };
  });
  await Promise.all(installers.map(({ child }) => child.started));
  started = performance.now();
  for (const { child } of installers) child.command("go");
  let incomplete = 0;
  const killed = installers.filter(({ isKilled }) => isKilled);
  await Promise.all(
    killed.map(async ({ child, after }) => {
      await pause(after);
      if (openedAfterMs === 0) incomplete++;
      child.kill();
    }),
  );
  for (const { child, isKilled } of installers) {
    const end = await child.ended;
    run.expect(isKilled || end === 0, () => `an installer that was not killed ended with ${end}`);
  }
  return { killed: killed.length, incomplete, written, openedAfterMs: openedAfterMs || expectedMs };
}

/** The schema as a process that starts afterwards finds it, or a description of what is wrong. */
async function schemaOf(database: Database, written: readonly string[] = []): Promise<string> {
  const storage = database.storage();
  const mesh = createMesh(storage);
  const keys = await mesh.system.keys();
  await mesh.close();
  const lost = written.filter((key) => !keys.includes(key));
  if (lost.length > 0) return `without the keys ${lost.join(", ")}`;
  return (await database.integrity()) ?? (await database.schema());
}
