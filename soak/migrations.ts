import { setTimeout as pause } from "node:timers/promises";
import type { InstallerTask } from "./children/installer.ts";
import { alone } from "./harness/alone.ts";
import { Member } from "./harness/crew.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";
import type { Site } from "./harness/site.ts";

const INSTALLERS = 20;
const KILLED = 0.4;

/** Twenty processes open a storage that is not there yet, and many of them are killed while they do. */
export const migrations: Program = {
  name: "migrations",
  promise:
    "Any number of processes may install at once and be killed at any step: the schema stands",
  storages: ["sqlite", "postgres"],
  unit: "rounds",
  count: 50,
  run: install,
};

type Said = "ready" | "open" | "written";

async function install(run: Run): Promise<Findings> {
  const whole = await installed(run.site);
  const found = { killed: 0, midway: 0, different: 0 };
  // How long the first one takes, as far as is known.
  let takes = 20;
  let done = 0;
  for (; done < run.count && !run.isOver; done++) {
    run.progress(done);
    const site = await run.anotherSite();
    try {
      const round = await installAtOnce(run, site, takes);
      takes = (takes + round.took) / 2;
      found.killed += round.killed;
      found.midway += round.midway;
      const schema = await installed(site, round.written);
      if (schema === whole) continue;
      found.different++;
      run.breach(`round ${done}: the schema is ${schema}, not ${whole}`);
    } finally {
      await site.remove();
    }
  }
  run.expect(done < 5 || found.midway > 0, () => "no installer was killed before the schema stood");
  return {
    done,
    figures: {
      "installers at once": INSTALLERS,
      killed: found.killed,
      "of them before the schema stood": found.midway,
      "schemas that differ": found.different,
    },
  };
}

interface Round {
  readonly killed: number;
  readonly midway: number;
  readonly written: readonly string[];
  /** Milliseconds until the first one had it open. */
  readonly took: number;
}

async function installAtOnce(run: Run, site: Site, takes: number): Promise<Round> {
  const written: string[] = [];
  let opened = 0;
  let started = 0;
  const installers = Array.from({ length: INSTALLERS }, (_, i) => {
    const task: InstallerTask = { address: site.address, name: `installer ${i}` };
    const member = new Member<Said>("installer", task, (said) => {
      if (said === "open" && opened === 0) opened = performance.now() - started;
      if (said === "written") written.push(task.name);
    });
    return { member, isKilled: run.random.chance(KILLED), after: run.random.next() * takes * 1.5 };
  });
  await Promise.all(installers.map(({ member }) => member.begun));
  started = performance.now();
  for (const { member } of installers) member.order("go");
  let midway = 0;
  const killed = installers.filter(({ isKilled }) => isKilled);
  await Promise.all(
    killed.map(async ({ member, after }) => {
      await pause(after);
      if (opened === 0) midway++;
      member.kill();
    }),
  );
  for (const { member, isKilled } of installers) {
    const end = await member.ended;
    run.expect(isKilled || end === 0, () => `an installer that was not killed ended by ${end}`);
  }
  return { killed: killed.length, midway, written, took: opened || takes };
}

/** What a process finds, or makes, that comes after all of them. */
async function installed(site: Site, written: readonly string[] = []): Promise<string> {
  const storage = site.storage();
  const mesh = meshOn(storage);
  const keys = await mesh.system.keys();
  await mesh.close();
  const lost = written.filter((key) => !keys.includes(key));
  if (lost.length > 0) return `one without ${lost.join(", ")}`;
  return (await site.integrity()) ?? (await site.schema());
}

await alone(import.meta.url, migrations);
