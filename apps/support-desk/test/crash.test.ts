import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Report } from "../src/report/report.ts";
import { startDemo } from "./demo-process.ts";
import { generatedTickets, toJsonl } from "./generated-tickets.ts";
import { expectEachAnsweredOnce, meshOn } from "./kept-once.ts";

const tickets = generatedTickets(300);
/** Positions of the log behind which the desk is killed: while messages come in, and at work on them. */
const killedAt = [40, 450, 900, 1_300, 1_650];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-crash-"));
  await writeFile(join(directory, "tickets.jsonl"), toJsonl(tickets));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const file = (name: string): string => join(directory, name);
const openMesh = (): ContextMesh => meshOn(new SqliteStorage({ path: file("desk.db") }));

function start(workers: number): ReturnType<typeof startDemo> {
  const files = ["--tickets", file("tickets.jsonl"), "--storage", `sqlite:${file("desk.db")}`];
  const pace = ["--lease", "1", "--think", "2", "--workers", String(workers)];
  return startDemo([...files, ...pace, "--report", file("report.json")]);
}

/** Kills the desk as soon as its log is that long, which another process sees by reading the same file. */
async function killBehind(revision: number, workers: number): Promise<void> {
  const { child, ended } = start(workers);
  const mesh = openMesh();
  while ((await mesh.stats()).revision < revision && child.exitCode === null) await wait(2);
  child.kill("SIGKILL");
  expect(await ended).toMatchObject({ signal: "SIGKILL" });
  await mesh.close();
}

describe("a desk that is killed again and again", () => {
  it("finishes the rest, loses nothing, and does nothing twice", async () => {
    // Alone and with workers by turns: those left behind by a killed desk finish what they began, and end.
    for (const [i, revision] of killedAt.entries()) await killBehind(revision, 1 + (i % 2));
    const last = await start(1).ended;
    expect(last).toMatchObject({ code: 0 });
    expect(last.stderr).toMatch(/It resumes: \d+ of 300 are answered/);

    const mesh = openMesh();
    await expectEachAnsweredOnce(mesh, tickets);
    await mesh.close();

    const report = JSON.parse(await readFile(file("report.json"), "utf8")) as Report;
    expect(report.run).toMatchObject({ tickets: 300, answered: 300, interrupted: false });
    expect(report.run.answeredBefore).toBeGreaterThan(0);
    expect(report.privacy).toMatchObject({ leaks: [] });
  });
});
