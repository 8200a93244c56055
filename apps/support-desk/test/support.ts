import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ContextMesh, MemoryStorage, type Storage } from "@syntha/core";
import { expect } from "vitest";
import { rulesDecide } from "../src/desk/decision-maker.ts";
import { Desk, type DeskOptions, TENANT } from "../src/desk/desk.ts";
import { itemsOf, type StrategyRecord, TASKS } from "../src/desk/records.ts";
import type { Run } from "../src/report/facts.ts";
import type { Ticket } from "../src/tickets.ts";
import messages from "./cases/messages.json" with { type: "json" };

export const isFull = process.env["SYNTHA_TESTS"] === "full";
export const isWindows = process.platform === "win32";
export const never = new AbortController().signal;
/** Test files that run in one process share this module: each has its own directory. */
let directory: string | undefined;
export const file = (name: string) =>
  join((directory ??= mkdtempSync(join(tmpdir(), "desk-test-"))), name);
const open: { close(): unknown }[] = [];
export const closeLater = <T extends { close(): unknown }>(each: T) => (open.push(each), each);
/** For `afterAll` of every test file. A test may have closed some itself. */
export async function closeAll(): Promise<void> {
  await Promise.allSettled(open.splice(0).map(async (each) => each.close()));
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  directory = undefined;
}

/** Messages of every kind, three of eleven escalated. */
export function generatedTickets(count: number): Ticket[] {
  return Array.from({ length: count }, (_, i) => {
    const text = messages[i % messages.length] ?? "";
    const id = String(i + 1).padStart(7, "0");
    return { id, text: text.replace("{n}", id.slice(3)) };
  });
}

export function ticketFile(name: string, tickets: readonly Ticket[]): string {
  writeFileSync(file(name), tickets.map((ticket) => `${JSON.stringify(ticket)}\n`).join(""));
  return file(name);
}

/** A desk in memory. On a busy machine no lease ends before its task does. */
export function newDesk(more: Partial<DeskOptions> = {}): Desk {
  const usual = { decisions: rulesDecide(), leaseMs: 60_000, concurrency: 8 };
  const desk = new Desk({ storage: new MemoryStorage(), ...usual, ...more });
  closeLater(desk.mesh);
  return desk;
}

/** A run without problems, by rules. */
export const quietRun: Run = {
  startedAt: new Date(0),
  seconds: 1,
  answeredBefore: 0,
  interrupted: false,
  processes: 1,
  deaths: 0,
  model: null,
  usage: [],
};

export const meshOn = (storage: Storage) =>
  closeLater(new ContextMesh({ tenantId: TENANT, storage }));

export type Demo = {
  child: ChildProcess;
  ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
  /** Standard error so far. */
  said: () => string;
};

/** The demo as users start it, without keys of the developer's own. */
export function startDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Demo {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const vendors = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"];
  const noKeys = Object.fromEntries(vendors.map((name) => [name, undefined]));
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...noKeys, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended: Demo["ended"] = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended, said: () => stderr };
}

/** Waits until the log is that long, as any process sees it. Returns false if the demo ends before. */
export async function reaches(mesh: ContextMesh, revision: number, demo: Demo): Promise<boolean> {
  while (demo.child.exitCode === null && demo.child.signalCode === null) {
    if ((await mesh.stats()).revision >= revision) return true;
    await wait(2);
  }
  return false;
}

/** Checks that each task has one completion, and each ticket one answer and one event of each type. Returns the answers. */
export async function answersOnce(
  mesh: ContextMesh,
  tickets: readonly Ticket[],
): Promise<Map<string, string>> {
  const ids = tickets.map(({ id }) => id);
  const answers: [string, string][] = [];
  for (const kind of TASKS) {
    for await (const { key, state, value } of itemsOf<StrategyRecord>(mesh.system, kind)) {
      const history = await mesh.system.history(key);
      const completions = history.filter((each) => each.type === "put" && each.state === "done");
      expect([key, state, completions.length]).toEqual([key, "done", 1]);
      if (kind === "case" || kind === "strategy") answers.push([value.id, value.answer ?? ""]);
    }
  }
  expect(answers.map(([id]) => id).toSorted()).toEqual(ids);
  expect(answers.map(([, answer]) => answer)).not.toContain("");
  const events: string[] = [];
  for (let since: string | undefined, more = true; more;) {
    const page = await mesh.system.events({ since, limit: 1_000 });
    for (const { type, data } of page.events)
      events.push(`${type} ${(data as { ticket: string }).ticket}`);
    [since, more] = [page.cursor, page.events.length === 1_000];
  }
  const types = ["ticket_answered", "ticket_triaged"];
  expect(events.toSorted()).toEqual(types.flatMap((type) => ids.map((id) => `${type} ${id}`)));
  return new Map(answers);
}
