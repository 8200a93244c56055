import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

import type { ContextMesh, Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import type { Settings } from "../src/desk/decision-maker.ts";
import type { Report } from "../src/report/report.ts";
import { workerCrew } from "../src/workers/worker-crew.ts";
import {
  answersOnce,
  closeAll,
  type Demo,
  file,
  generatedTickets,
  isWindows,
  meshOn,
  never,
  newDesk,
  reaches,
  startDemo,
  ticketFile,
} from "./support.ts";

afterAll(closeAll);

const tickets = generatedTickets(330);
const ticketPath = ticketFile("workers.jsonl", tickets);
/** What one process answers that is not disturbed. */
let undisturbed: Map<string, string>;
beforeAll(async () => {
  const desk = newDesk();
  await desk.work(tickets, never);
  undisturbed = await answersOnce(desk.workplace.mesh, tickets);
});

const reportOf = (name: string) => JSON.parse(readFileSync(file(name), "utf8")) as Report;

/** A new mesh's `--storage`, and a way to open it. */
async function placeOf(
  storage: string,
  name: string,
): Promise<{ flag: string; open: () => Storage }> {
  const path = file(`${name}.db`);
  if (storage === "SQLite")
    return { flag: `sqlite:${path}`, open: () => new SqliteStorage({ path }) };
  const fresh = await freshSchema();
  onTestFinished(() => fresh.drop());
  const { url: connectionString, name: schema } = fresh;
  const flag = new URL(connectionString);
  flag.searchParams.set("schema", schema);
  return { flag: flag.href, open: () => new PostgresStorage({ connectionString, schema }) };
}

function start(flag: string, report: string, ...more: string[]): Demo {
  return startDemo(["--tickets", ticketPath, "--storage", flag, "--report", file(report), ...more]);
}

/** The processes of the workers that stand, by place. */
function workersOf({ said }: Demo): Map<number, number> {
  const first = /workers: processes ([\d, ]+)/.exec(said())?.[1]?.split(", ") ?? [];
  const standing = new Map(first.map((pid, i) => [i + 1, Number(pid)]));
  for (const [, place, pid] of said().matchAll(/Worker (\d+), .*Process (\d+)\s+takes its place/g))
    standing.set(Number(place), Number(pid));
  return standing;
}

/** Kills workers at random, and freezes some for longer than their leases, while the demo runs. Returns those killed. */
async function disturb(demo: Demo, mesh: ContextMesh, random: () => number): Promise<Set<number>> {
  const [killed, frozen] = [new Set<number>(), new Set<number>()];
  for (let at = 20; await reaches(mesh, at, demo); at += Math.ceil(random() * 350)) {
    const standing = [...workersOf(demo).values()].filter(
      (pid) => !killed.has(pid) && !frozen.has(pid),
    );
    const pid = standing[Math.floor(random() * standing.length)];
    if (pid === undefined) continue;
    const isFrozen = random() < 0.3;
    if (signal(pid, isFrozen ? "SIGSTOP" : "SIGKILL")) (isFrozen ? frozen : killed).add(pid);
    if (isFrozen)
      void wait(1_500).then(() => {
        signal(pid, "SIGCONT");
        frozen.delete(pid);
      });
  }
  return killed;
}

/** Numbers from 0 to 1 that a seed repeats. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** A worker may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

const storages = process.env["SYNTHA_TESTS"] === "full" ? ["SQLite", "Postgres"] : ["SQLite"];
describe.skipIf(isWindows).each(storages)("on %s", (storage) => {
  it("workers share the work and report it", async () => {
    const { flag, open } = await placeOf(storage, "shared");
    const report = `shared-${storage}.json`;
    expect(await start(flag, report, "--workers", "2", "--think", "2").ended).toMatchObject({
      code: 0,
    });
    const { processes, calls } = reportOf(report);
    expect(processes.map((each) => each.process)).toEqual(["desk", "worker 1", "worker 2"]);
    const sum = (key: "triaged" | "answered" | "calls") =>
      processes.reduce((all, each) => all + each[key], 0);
    expect([sum("triaged"), sum("answered"), sum("calls")]).toEqual([330, 330, calls.total.calls]);
    for (const { end, triaged, answered } of processes.slice(1))
      expect([end, triaged > 0, answered > 0]).toEqual(["in order", true, true]);
    expect(await answersOnce(meshOn(open()), tickets)).toEqual(undisturbed);
  });

  it("workers that are killed and frozen at random lose and repeat nothing", async () => {
    const seed = Number(process.env["SYNTHA_SEED"] ?? Date.now() % 1e9);
    onTestFinished(() => console.log(`workers on ${storage}: SYNTHA_SEED=${seed}`));
    const { flag, open } = await placeOf(storage, "killed");
    const report = `killed-${storage}.json`;
    const demo = start(flag, report, "--workers", "3", "--lease", "1", "--think", "150");
    const mesh = meshOn(open());
    const killed = await disturb(demo, mesh, randomOf(seed));
    expect(await demo.ended).toMatchObject({ code: 0 });
    expect(await answersOnce(mesh, tickets)).toEqual(undisturbed);
    const { processes, run, privacy } = reportOf(report);
    const died = processes.filter(({ end }) => end === "SIGKILL").map(({ pid }) => Number(pid));
    expect([killed.size > 0, new Set(died)]).toEqual([true, killed]);
    expect(processes.some(({ recovered }) => recovered > 0)).toBe(true);
    expect([run.answered, run.interrupted, privacy.leaks]).toEqual([330, false, []]);
  });

  it("Ctrl-C ends all processes in order, and another run goes on", async () => {
    const { flag, open } = await placeOf(storage, "interrupted");
    const demo = start(flag, "i.json", "--workers", "2", "--think", "20");
    const mesh = meshOn(open());
    expect(await reaches(mesh, 600, demo)).toBe(true);
    const workers = [...workersOf(demo).values()];
    // A terminal signals all of them at once.
    for (const pid of [...workers, demo.child.pid ?? 0]) process.kill(pid, "SIGINT");
    expect(await demo.ended).toMatchObject({ code: 130 });
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    const again = await start(flag, "i.json", "--workers", "2").ended;
    expect([again.code, again.stderr]).toMatchObject([
      0,
      expect.stringMatching(/It resumes: \d+ of \d+ are answered/),
    ]);
    expect(again.stderr).not.toContain("were claimed");
    expect(await answersOnce(mesh, tickets)).toEqual(undisturbed);
  });

  it("a desk that is killed five times is finished by another run", async () => {
    const { flag, open } = await placeOf(storage, "crashed");
    const mesh = meshOn(open());
    const usual = ["--lease", "1", "--think", "2"];
    // Alone and with workers by turns; the workers of a killed desk finish what they claimed, and end.
    for (const [i, revision] of [40, 450, 900, 1_300, 1_650].entries()) {
      const demo = start(flag, "c.json", ...usual, "--workers", String(1 + (i % 2)));
      expect(await reaches(mesh, revision, demo)).toBe(true);
      demo.child.kill("SIGKILL");
      expect(await demo.ended).toMatchObject({ signal: "SIGKILL" });
    }
    const last = await start(flag, "c.json", ...usual).ended;
    expect([last.code, last.stderr]).toMatchObject([
      0,
      expect.stringMatching(/It resumes: \d+ of 330 are answered/),
    ]);
    expect(await answersOnce(mesh, tickets)).toEqual(undisturbed);
    const { run, privacy } = reportOf("c.json");
    expect([run.answered, run.answeredBefore > 0, privacy.leaks]).toEqual([330, true, []]);
  });
});

describe.concurrent("workers that cannot work", () => {
  const settings = { storage: { kind: "memory" }, specialists: 1, leaseSeconds: 1 } as Settings;
  function crewOf(name: string, program: string, workers: number) {
    writeFileSync(file(name), program);
    const said: string[] = [];
    return { said, ...workerCrew(file(name), workers, settings, (line) => said.push(line)) };
  }

  it("are replaced ten times, and then given up", async () => {
    const { work, processes, said } = crewOf("dying.mjs", "process.exit(3);", 1);
    await expect(work(never)).rejects.toThrow(/exit code 3.* and no other worker is left/);
    expect(processes).toHaveLength(10);
    expect(said[1]).toMatch(
      /^Worker 1, process \d+, died: exit code 3\. Process \d+ takes its place\.$/,
    );
  });

  it("end the desk at once for a reason that the next one would meet too", async () => {
    const failure = `{ message: "There is no storage.", hint: "Start it." }`;
    const { work, processes } = crewOf(
      "failing.mjs",
      `process.send(${failure}, () => process.disconnect());`,
      1,
    );
    await expect(work(never)).rejects.toMatchObject({
      message: "There is no storage.",
      hint: "Start it.",
    });
    expect(processes).toHaveLength(1);
  });

  it("are killed if they do not end when they are asked to", async () => {
    const { work, processes } = crewOf("deaf.mjs", `process.on("message", () => {});`, 2);
    await work(AbortSignal.timeout(500));
    expect(processes.map(({ death }) => death)).toEqual(["SIGKILL", "SIGKILL"]);
  });
});
