import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { Workers } from "../src/workers.ts";
import {
  answersOnce,
  closeAll,
  type Demo,
  file,
  generatedTickets,
  isFull,
  isWindows,
  meshOn,
  never,
  newDesk,
  reaches,
  startDemo,
  ticketFile,
} from "./support.ts";

afterAll(closeAll);

const tickets = generatedTickets(isFull ? 330 : 60);
/** The lengths of the log at which a desk is killed, and at which it is interrupted. */
const kills = isFull ? [40, 450, 900, 1_200, 1_400] : [40, 150];
const interruption = isFull ? 600 : 120;
const ticketPath = ticketFile("resume.jsonl", tickets);
/** What one process answers that is not disturbed. */
let undisturbed: Map<string, string>;
beforeAll(async () => {
  const desk = newDesk();
  await desk.work(tickets, never);
  undisturbed = await answersOnce(desk.mesh, tickets);
});

/** A new `--storage`, and its mesh. */
async function placeOf(
  storage: string,
  name: string,
  onTestFinished: TestContext["onTestFinished"],
): Promise<[flag: string, mesh: ContextMesh]> {
  const path = file(`${name}.db`);
  if (storage === "SQLite") return [`sqlite:${path}`, meshOn(new SqliteStorage({ path }))];
  const fresh = await freshSchema();
  onTestFinished(() => fresh.drop());
  const { url: connectionString, name: schema } = fresh;
  const mesh = meshOn(new PostgresStorage({ connectionString, schema }));
  const flag = new URL(connectionString);
  flag.searchParams.set("schema", schema);
  return [flag.href, mesh];
}

const start = (flag: string, ...more: string[]): Demo =>
  startDemo(["--tickets", ticketPath, "--storage", flag, ...more]);

/** The processes of the workers that stand, by place. */
function workersOf({ said }: Demo): number[] {
  const started = said().matchAll(/Worker (\d+) is process (\d+)/g);
  return [...new Map([...started].map(([, place, pid]) => [place, Number(pid)])).values()];
}

/** Kills workers, and freezes every third for longer than its leases, while there is much to do. Returns how many it killed. */
async function disturb(demo: Demo, mesh: ContextMesh): Promise<number> {
  const [killed, frozen] = [new Set<number>(), new Set<number>()];
  const end = 4 * tickets.length;
  for (let at = 20; at < end && (await reaches(mesh, at, demo)); at += 170) {
    const pid = workersOf(demo).find((each) => !killed.has(each) && !frozen.has(each));
    if (pid === undefined) continue;
    const isFrozen = (killed.size + frozen.size) % 3 === 2;
    (isFrozen ? frozen : killed).add(pid);
    process.kill(pid, isFrozen ? "SIGSTOP" : "SIGKILL");
    if (isFrozen) void wait(1_500).then(() => process.kill(pid, "SIGCONT"));
  }
  return killed.size;
}

const storages = isFull ? ["SQLite", "Postgres"] : ["SQLite"];
describe.skipIf(isWindows).each(storages)("on %s", (storage) => {
  it(`finishes the work of a desk that was killed ${kills.length} times`, async (context) => {
    const [flag, mesh] = await placeOf(storage, "crashed", context.onTestFinished);
    const usual = ["--lease", "1", "--think", "2"];
    // Alone and with workers by turns; the workers of a killed desk finish what they claimed, and end.
    for (const [i, revision] of kills.entries()) {
      const demo = start(flag, ...usual, "--workers", String(1 + (i % 2)));
      expect(await reaches(mesh, revision, demo)).toBe(true);
      demo.child.kill("SIGKILL");
      expect(await demo.ended).toMatchObject({ signal: "SIGKILL" });
    }
    const { code, stdout, stderr } = await start(flag, ...usual).ended;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/resumes: \d+ of \d+ are answered/)]);
    const all = tickets.length;
    expect(stdout).toContain(`${all} of ${all} tickets answered, with no problems\n`);
    expect(stdout).toMatch(/Leaks +0 /);
    expect(await answersOnce(mesh, tickets)).toEqual(undisturbed);
  });

  it.runIf(isFull)(
    "loses and repeats nothing if workers are killed and frozen",
    async (context) => {
      const [flag, mesh] = await placeOf(storage, "killed", context.onTestFinished);
      const demo = start(flag, "--workers", "3", "--lease", "1", "--think", "150");
      const killed = await disturb(demo, mesh);
      const { code, stdout } = await demo.ended;
      expect([code, killed > 0]).toEqual([0, true]);
      expect(stdout).toContain(
        `✗ ${killed} worker${killed === 1 ? "" : "s"} died and had to be replaced.`,
      );
      expect(stdout).toMatch(/Leaks +0 /);
      expect(await answersOnce(mesh, tickets)).toEqual(undisturbed);
    },
  );

  it("ends all processes in order after Ctrl-C, and resumes", async (context) => {
    const [flag, mesh] = await placeOf(storage, "interrupted", context.onTestFinished);
    const demo = start(flag, "--workers", "2", "--think", "20");
    expect(await reaches(mesh, interruption, demo)).toBe(true);
    const workers = workersOf(demo);
    // A terminal signals all of them at once.
    for (const pid of [...workers, demo.child.pid ?? 0]) process.kill(pid, "SIGINT");
    expect(await demo.ended).toMatchObject({ code: 130 });
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    const { code, stderr } = await start(flag).ended;
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("were claimed")]);
    expect(await answersOnce(mesh, tickets)).toEqual(undisturbed);
  });
});

describe.concurrent("workers that cannot work", () => {
  function workersOn(name: string, program: string) {
    writeFileSync(file(name), program);
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    const workers = new Workers({ command: [file(name)], say, onUsage: () => {}, stopMs: 500 });
    return { said, workers };
  }

  it.runIf(isFull)("are replaced ten times, and then end the desk", async () => {
    const { workers, said } = workersOn("dying.mjs", "process.exit(3);");
    await expect(workers.takeTasks(1, never)).rejects.toThrow("Worker 1 has died 10 times.");
    expect([workers.deaths, said[1]]).toEqual([10, "Worker 1 died: exit code 3."]);
  });

  it("end the desk at once for a reason that the next one would meet too", async () => {
    const failure = `{ failure: { message: "There is no storage.", hint: "Start it." } }`;
    const program = `process.send(${failure}, () => process.disconnect());`;
    const { workers } = workersOn("failing.mjs", program);
    const error = { message: "There is no storage.", hint: "Start it." };
    await expect(workers.takeTasks(1, never)).rejects.toMatchObject(error);
    expect(workers.deaths).toBe(0);
  });

  it("are killed if they do not end when they are asked to", async () => {
    const { workers } = workersOn("deaf.mjs", `process.on("message", () => {});`);
    await workers.takeTasks(2, AbortSignal.timeout(500));
    expect(workers.deaths).toBe(0);
  });
});
