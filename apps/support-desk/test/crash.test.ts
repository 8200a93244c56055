import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TENANT } from "../src/desk/desk.ts";
import { itemsOf } from "../src/desk/items-of.ts";
import { type CaseRecord, keyOf, type StrategyRecord, tasks } from "../src/desk/records.ts";
import type { Report } from "../src/report/report.ts";
import { generatedTickets, toJsonl } from "./generated-tickets.ts";
import { startDemo } from "./demo-process.ts";

const tickets = generatedTickets(300);
/** Positions of the log behind which the desk is killed: while messages come in, and at work on them. */
const killedAt = [40, 450, 900, 1_300, 1_650];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "desk-crash-"));
  await writeFile(join(directory, "tickets.jsonl"), toJsonl(tickets));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const openMesh = (): ContextMesh =>
  new ContextMesh({
    tenantId: TENANT,
    storage: new SqliteStorage({ path: join(directory, "desk.db") }),
  });

function start(): ReturnType<typeof startDemo> {
  const file = (name: string): string => join(directory, name);
  const files = ["--tickets", file("tickets.jsonl"), "--db", file("desk.db")];
  return startDemo([...files, "--lease", "1", "--think", "2", "--report", file("report.json")]);
}

/** Kills the desk as soon as its log is that long, which another process sees by reading the same file. */
async function killBehind(revision: number): Promise<void> {
  const { child, ended } = start();
  const mesh = openMesh();
  while ((await mesh.stats()).revision < revision && child.exitCode === null) await wait(2);
  child.kill("SIGKILL");
  expect(await ended).toMatchObject({ signal: "SIGKILL" });
  await mesh.close();
}

describe("a desk that is killed again and again", () => {
  it("finishes the rest, loses nothing, and does nothing twice", { timeout: 120_000 }, async () => {
    for (const revision of killedAt) await killBehind(revision);
    const last = await start().ended;
    expect(last).toMatchObject({ code: 0 });
    expect(last.stderr).toMatch(/It goes on: \d+ of 300 are answered/);

    const mesh = openMesh();
    const answered = new Map<string, string>();
    for (const kind of tasks) {
      for await (const item of itemsOf<CaseRecord | StrategyRecord>(mesh, kind)) {
        expect(item).toMatchObject({ state: "done" });
        const completions = (await mesh.system.history(item.key)).filter(
          ({ type, state }) => type === "put" && state === "done",
        );
        expect([item.key, completions.length]).toEqual([item.key, 1]);
        if (kind === "ticket") continue;
        expect([...answered.keys()]).not.toContain(item.value.id);
        answered.set(item.value.id, item.value.answer ?? "");
      }
    }
    const ids = tickets.map(({ id }) => id);
    expect([...answered.keys()].toSorted()).toEqual(ids);
    expect([...answered.values()]).not.toContain("");
    for (const { id, text } of tickets) {
      expect(await mesh.system.get(keyOf("ticket", id))).toMatchObject({ id, text });
    }

    const events = new Map<string, string[]>();
    for (let since: string | undefined; ;) {
      const page = await mesh.system.events({ since, limit: 1_000 });
      for (const { type, data } of page.events) {
        const { ticket } = data as { ticket: string };
        events.set(type, [...(events.get(type) ?? []), ticket]);
      }
      if (page.events.length < 1_000) break;
      since = page.cursor;
    }
    expect([...events.keys()].toSorted()).toEqual(["ticket_answered", "ticket_triaged"]);
    for (const told of events.values()) expect(told.toSorted()).toEqual(ids);
    await mesh.close();

    const report = JSON.parse(await readFile(join(directory, "report.json"), "utf8")) as Report;
    expect(report.run).toMatchObject({ tickets: 300, answered: 300, interrupted: false });
    expect(report.run.answeredBefore).toBeGreaterThan(0);
    expect(report.privacy).toMatchObject({ leaks: [] });
  });
});
