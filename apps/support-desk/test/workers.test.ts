import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ContextMesh, type ItemState, MemoryStorage, type Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { Desk } from "../src/desk/desk.ts";
import { itemsOf } from "../src/desk/items-of.ts";
import { tasks } from "../src/desk/records.ts";
import { rules } from "../src/mind.ts";
import type { Report } from "../src/report/report.ts";
import { type Demo, startDemo } from "./demo-process.ts";
import { disturb, reaches, workersOf } from "./disturbance.ts";
import { generatedTickets, toJsonl } from "./generated-tickets.ts";
import { expectEachAnsweredOnce, meshOn } from "./kept-once.ts";
import { randomOf } from "./random.ts";

const tickets = generatedTickets(330);

let directory: string;
/** What one process answers that nobody disturbs. */
let undisturbed: Map<string, string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-workers-"));
  await writeFile(file("tickets.jsonl"), toJsonl(tickets));
  const desk = new Desk({
    storage: new MemoryStorage(),
    mind: rules,
    specialists: 4,
    leaseSeconds: 10,
    onProgress: () => {},
  });
  await desk.work(tickets, new AbortController().signal);
  undisturbed = await expectEachAnsweredOnce(desk.mesh, tickets);
  await desk.mesh.close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const file = (name: string): string => join(directory, name);

async function readReport(name: string): Promise<Report> {
  return JSON.parse(await readFile(file(name), "utf8")) as Report;
}

type Place = { flag: string; open: () => Storage };

/** A place for a mesh that nobody has used, on each storage that processes can share. */
const storages: readonly (readonly [storage: string, place: (name: string) => Promise<Place>])[] = [
  [
    "SQLite",
    async (name) => {
      const path = file(`${name}.db`);
      return { flag: `sqlite:${path}`, open: () => new SqliteStorage({ path }) };
    },
  ],
  [
    "Postgres",
    async () => {
      const fresh = await freshSchema();
      onTestFinished(() => fresh.drop());
      const { url, name: schema } = fresh;
      const flag = new URL(url);
      flag.searchParams.set("schema", schema);
      const open = (): Storage => new PostgresStorage({ connectionString: url, schema });
      return { flag: flag.href, open };
    },
  ],
];

function start(flag: string, report: string, more: readonly string[]): Demo {
  const files = ["--tickets", file("tickets.jsonl"), "--report", file(report)];
  return startDemo([...files, "--storage", flag, ...more]);
}

// A short run shares work on SQLite only.
const held = process.env["SYNTHA_TESTS"] === "full" ? storages : storages.slice(0, 1);

describe.skipIf(process.platform === "win32").each(held)("workers on %s", (storage, placeOf) => {
  it("share the work, and report what each of them did", async () => {
    const { flag, open } = await placeOf("shared");
    const report = `shared-${storage}.json`;
    const ended = await start(flag, report, ["--workers", "2", "--think", "2"]).ended;
    expect(ended).toMatchObject({ code: 0 });
    const { processes, run, calls } = await readReport(report);
    expect(run).toMatchObject({ tickets: 330, answered: 330 });
    expect(processes.map(({ name }) => name)).toEqual(["desk", "worker 1", "worker 2"]);
    const sum = (pick: (each: (typeof processes)[number]) => number): number =>
      processes.reduce((total, each) => total + pick(each), 0);
    expect(sum(({ triaged }) => triaged)).toBe(330);
    expect(sum(({ answered }) => answered)).toBe(330);
    expect(sum((each) => each.calls.calls)).toBe(calls.total.calls);
    for (const { death, triaged, answered } of processes.slice(1)) {
      expect(death).toBeNull();
      expect(triaged).toBeGreaterThan(0);
      expect(answered).toBeGreaterThan(0);
    }
    const mesh = meshOn(open());
    expect(await expectEachAnsweredOnce(mesh, tickets)).toEqual(undisturbed);
    await mesh.close();
  });

  it("lose nothing and do nothing twice, killed and frozen at random", async () => {
    const seed = Number(process.env["SYNTHA_SEED"] ?? Date.now() % 1e9);
    const story = [`SYNTHA_SEED=${seed}`];
    onTestFinished(() => console.log(`workers on ${storage}: ${story.join(", ")}`));
    const { flag, open } = await placeOf("killed");
    const report = `killed-${storage}.json`;
    const demo = start(flag, report, ["--workers", "3", "--lease", "1", "--think", "150"]);
    const mesh = meshOn(open());
    const killed = await disturb(demo, mesh, randomOf(seed), (line) => story.push(line));
    const ended = await demo.ended;
    expect(ended).toMatchObject({ code: 0 });
    expect(killed.size).toBeGreaterThan(0);
    expect(await expectEachAnsweredOnce(mesh, tickets)).toEqual(undisturbed);
    await mesh.close();
    const { processes, run, privacy } = await readReport(report);
    const died = processes.filter(({ death }) => death === "SIGKILL");
    expect(new Set(died.map(({ pid }) => pid))).toEqual(killed);
    expect(processes.some(({ takenOver }) => takenOver > 0)).toBe(true);
    expect(run).toMatchObject({ tickets: 330, answered: 330, interrupted: false });
    expect(privacy.leaks).toEqual([]);
  });

  it("end in order by Ctrl-C, leave nothing claimed, and go on later", async () => {
    const { flag, open } = await placeOf("interrupted");
    const demo = start(flag, `interrupted-${storage}.json`, ["--workers", "2", "--think", "20"]);
    const mesh = meshOn(open());
    expect(await reaches(mesh, 600, demo)).toBe(true);
    const workers = [...workersOf(demo).values()];
    // A terminal tells all of them at once.
    for (const pid of [...workers, demo.child.pid as number]) process.kill(pid, "SIGINT");
    expect(await demo.ended).toMatchObject({ code: 130 });
    expect(workers.filter(isAlive)).toEqual([]);
    expect(await statesOf(mesh)).toMatchObject({ claimed: 0, open: expect.toSatisfy(isSome) });
    const again = await start(flag, `resumed-${storage}.json`, ["--workers", "2"]).ended;
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch(/It resumes: \d+ of \d+ are answered/);
    expect(await expectEachAnsweredOnce(mesh, tickets)).toEqual(undisturbed);
    await mesh.close();
  });

  it("end by themselves when the desk that started them is killed", async () => {
    const { flag, open } = await placeOf("orphaned");
    const demo = start(flag, `orphaned-${storage}.json`, ["--workers", "2"]);
    const mesh = meshOn(open());
    expect(await reaches(mesh, 600, demo)).toBe(true);
    await mesh.close();
    demo.child.kill("SIGKILL");
    // What it tells is heard to its end only when no process holds that pipe any more.
    expect(await demo.ended).toMatchObject({ signal: "SIGKILL" });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const isSome = (count: number): boolean => count > 0;

async function statesOf(mesh: ContextMesh): Promise<Record<ItemState, number>> {
  const counts = { open: 0, claimed: 0, done: 0, failed: 0 };
  for (const kind of tasks) {
    for await (const { state } of itemsOf(mesh, kind)) counts[state] += 1;
  }
  return counts;
}
