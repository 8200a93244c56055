import { mkdtempSync, rmSync } from "node:fs";
import { access, constants, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Progress } from "./agents/intake.ts";
import { rulesDecide } from "./desk/decision-maker.ts";
import { Desk } from "./desk/desk.ts";
import { describeModel } from "./model/model-choice.ts";
import type { Usage } from "./model/usage.ts";
import type { Options } from "./options.ts";
import { collect } from "./report/facts.ts";
import { count, toText } from "./report/format.ts";
import { toHtml } from "./report/html.ts";
import { toReport } from "./report/report.ts";
import { toTerminal, wrap } from "./report/terminal.ts";
import { openStorage } from "./storage.ts";
import { readTickets } from "./tickets.ts";
import { Workers } from "./workers.ts";

const REDRAW_MS = 100;
const LINE_MS = 5_000;

/** Lets the desk work, and reports on it: the report goes to standard output, all else to standard error. */
export async function run(
  options: Options,
  command: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<void> {
  const { tickets, labels } = await readTickets(options.tickets);
  if (options.report !== undefined) await access(dirname(options.report), constants.W_OK);
  const usage: Usage[] = [];
  const onUsage = (each: Usage): void => void usage.push(each);
  const storage = options.storage ?? temporaryStorage();
  const desk = await openDesk({ ...options, storage }, onUsage);
  const place = storage.kind === "sqlite" ? ["--storage", `sqlite:${storage.path}`] : [];
  const workers = new Workers({ command: [...command, ...place], say, onUsage });
  try {
    const before = await desk.remains();
    say(`${count(tickets.length, "ticket")} from ${relative(".", options.tickets)}`);
    if (options.model !== undefined) say(`${describeModel(options.model)} decides`);
    if (before.tickets > 0)
      say(`It resumes: ${toText(before.answered)} of ${toText(before.tickets)} are answered.`);
    if (before.held > 0)
      say(`${count(before.held, "task")} were claimed then, and are free when their leases end.`);
    const startedAt = new Date();
    const takeTasks = (until: AbortSignal) => workers.takeTasks(options.workers, until);
    const crew = options.workers > 1 ? takeTasks : undefined;
    await desk.work(tickets, signal, progressLine(), crew);
    const facts = await collect(desk.mesh, labels, {
      startedAt,
      seconds: (Date.now() - startedAt.getTime()) / 1_000,
      answeredBefore: before.answered,
      interrupted: signal.aborted,
      processes: options.workers > 1 ? options.workers + 1 : 1,
      deaths: workers.deaths,
      model: options.model === undefined ? null : describeModel(options.model),
      usage,
    });
    const report = toReport(facts);
    say("");
    process.stdout.write(toTerminal(report, options.full));
    if (options.report !== undefined) {
      await writeFile(options.report, toHtml(report));
      say(`Written: ${options.report}`);
    }
    if (signal.aborted)
      say("To resume, name the same --tickets and --storage. Without --storage nothing is kept.");
    else if (!options.full && options.report === undefined)
      say("Every table: --full. A page with a chart: --report report.html");
  } finally {
    await desk.mesh.close();
  }
}

/** The same agents in a process that another one started. */
export async function runWorker(
  options: Options,
  signal: AbortSignal,
  onUsage: (usage: Usage) => void,
): Promise<void> {
  const desk = await openDesk(options, onUsage);
  try {
    await desk.takeTasks(signal);
  } finally {
    await desk.mesh.close();
  }
}

async function openDesk(options: Options, onUsage: (usage: Usage) => void): Promise<Desk> {
  const { model, thinkingMs, storage = { kind: "memory" } } = options;
  // The frameworks of models are loaded only if one decides.
  const decisions =
    model === undefined
      ? rulesDecide(thinkingMs)
      : await (await import("./model/model-decisions.ts")).modelDecides(model, onUsage);
  return new Desk({ ...options, storage: await openStorage(storage), decisions });
}

/** A new file, whose folder is removed when this process exits for any reason. */
function temporaryStorage(): { kind: "sqlite"; path: string } {
  const folder = mkdtempSync(join(tmpdir(), "support-desk-"));
  // A worker that is killed at this moment may still write there.
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 20 };
  process.once("exit", () => rmSync(folder, options));
  return { kind: "sqlite", path: join(folder, "desk.db") };
}

/** Prints a line that stays, in place of the progress. */
function say(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? "\r\u001B[2K" : ""}${wrap(text)}\n`);
}

/** Shows progress: one line that changes on a terminal, and a line now and then elsewhere. */
function progressLine(): (progress: Progress) => void {
  const { isTTY } = process.stderr;
  let shownAt = performance.now();
  return ({ total, triaged, answered }) => {
    if (performance.now() - shownAt < (isTTY ? REDRAW_MS : LINE_MS)) return;
    shownAt = performance.now();
    const text = `${toText(answered)} of ${toText(total)} answered, ${toText(triaged)} triaged`;
    if (isTTY) process.stderr.write(`\r\u001B[2K${text}`);
    else say(text);
  };
}
