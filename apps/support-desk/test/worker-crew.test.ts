import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { DeskError } from "../src/desk/desk-error.ts";
import { WorkerCrew } from "../src/workers/worker-crew.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-crew-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A crew whose workers run this program, and what it tells. */
async function crewOf(
  name: string,
  program: string,
  workers: number,
): Promise<{ crew: WorkerCrew; told: string[] }> {
  const path = join(directory, name);
  await writeFile(path, program);
  const told: string[] = [];
  const crew = new WorkerCrew({
    program: path,
    workers,
    settings: {
      storage: { kind: "memory" },
      durability: "power",
      specialists: 1,
      leaseSeconds: 1,
      mind: { model: undefined, thinkingMs: 0 },
    },
    say: (line) => told.push(line),
  });
  return { crew, told };
}

describe.concurrent("workers that can't work", () => {
  it("are replaced ten times over, and then given up", async () => {
    const { crew, told } = await crewOf("dying.mjs", "process.exit(3);", 1);
    const work = crew.work(new AbortController().signal);
    await expect(work).rejects.toBeInstanceOf(DeskError);
    await expect(work).rejects.toThrow(/exit code 3.* and no other worker is left/);
    expect(crew.processes).toHaveLength(10);
    expect(told[1]).toMatch(
      /^Worker 1, process \d+, died: exit code 3\. Process \d+ takes its place\.$/,
    );
  });

  it("end the desk at once for a reason that the next one would meet too", async () => {
    const { crew } = await crewOf(
      "failing.mjs",
      `process.send(
         { type: "failed", message: "There is no storage.", hint: "Start it." },
         () => process.disconnect(),
       );`,
      1,
    );
    const work = crew.work(new AbortController().signal);
    await expect(work).rejects.toMatchObject({
      message: "There is no storage.",
      hint: "Start it.",
    });
    expect(crew.processes).toHaveLength(1);
  });

  it("are killed when they do not end as they were asked to", async () => {
    const { crew } = await crewOf("deaf.mjs", `process.on("message", () => {});`, 2);
    const stop = new AbortController();
    const work = crew.work(stop.signal);
    setTimeout(() => stop.abort(), 500);
    await work;
    expect(crew.processes.map(({ death }) => death)).toEqual(["SIGKILL", "SIGKILL"]);
  });
});
