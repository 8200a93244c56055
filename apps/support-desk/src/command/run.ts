import { constants, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join, relative } from "node:path";

import { Desk } from "../desk/desk.ts";
import { describeModel } from "../model/model-choice.ts";
import { count, toText } from "../report/format.ts";
import { toHtml } from "../report/html.ts";
import { collect, type Report } from "../report/report.ts";
import { stylerFor, toSummary, toTerminal } from "../report/terminal.ts";
import { openDecisions, type Settings } from "../desk/decision-maker.ts";
import { describeStorage, openStorage } from "../storage.ts";
import { readTickets } from "../tickets.ts";
import { workerCrew } from "../workers/worker-crew.ts";
import type { Options } from "./options.ts";
import { progressLine } from "./progress-line.ts";

/** Lets the desk work, and reports on it: the report goes to standard output, all else to standard error. */
export async function run(options: Options, program: string, signal: AbortSignal): Promise<void> {
  const { tickets, labels } = await readTickets(options.tickets);
  for (const path of options.reports) await access(dirname(path), constants.W_OK);
  const isTemporary = options.storage === undefined;
  const decisions = await openDecisions(options);
  const choice = options.storage ?? { kind: "sqlite" as const, path: temporaryFile() };
  const settings: Settings = { ...options, storage: choice };
  const storage = await openStorage(choice, settings.durability);
  const progress = progressLine(process.stderr);
  const { say } = progress;
  const { workers, model, thinkingMs } = options;
  const crew = workers === 1 ? undefined : workerCrew(program, workers, settings, say);
  const onProgress = progress.show;
  const desk = new Desk({ ...settings, storage, decisions, crew: crew?.work, onProgress });
  const decidedBy = model === undefined ? null : describeModel(model);
  try {
    const { tickets: before, answered: answeredBefore, held } = await desk.remains();
    say(`${count(tickets.length, "ticket")} from ${relative(".", options.tickets)}`);
    if (decidedBy !== null) say(`${decidedBy} decides`);
    if (before > 0) say(`It resumes: ${toText(answeredBefore)} of ${toText(before)} are answered.`);
    const free = `are free again within ${options.leaseSeconds} s`;
    if (held > 0) say(`${count(held, "task")} were claimed when it ended, and ${free}.`);
    const started = performance.now();
    await desk.work(tickets, signal);
    const seconds = (performance.now() - started) / 1_000;
    const interrupted = signal.aborted;
    const report = await collect({
      desk,
      workers: crew?.processes ?? [],
      labels,
      questions: options.questions,
      run: { answeredBefore, seconds, interrupted, thinkingMs, model: decidedBy },
      timeline: progress.points(),
      storage: {
        name: isTemporary ? "A temporary SQLite file" : describeStorage(choice),
        durability: storage.traits.durability,
        bytes: choice.kind === "sqlite" ? bytesOf(choice.path) : null,
      },
    });
    progress.clear();
    const print = options.full ? toTerminal : toSummary;
    process.stdout.write(`\n${print(report, stylerFor(process.stdout))}`);
    for (const path of options.reports) {
      await writeFile(path, render(report, extname(path).toLowerCase()));
      say(`Written: ${path}`);
    }
    if (interrupted && isTemporary)
      say("Nothing is kept. A run on a named --storage can be resumed.");
    else if (interrupted && choice.kind !== "memory")
      say("To resume: the same --tickets and --storage.");
    else if (!options.full && options.reports.length === 0)
      say("Every table: --full. A page with charts: --report report.html");
  } finally {
    progress.clear();
    await desk.workplace.mesh.close();
  }
}

function render(report: Report, format: string): string {
  if (format === ".html") return toHtml(report);
  return format === ".txt" ? toTerminal(report) : `${JSON.stringify(report, null, 2)}\n`;
}

function bytesOf(path: string): number {
  const files = [path, `${path}-wal`].filter((file) => existsSync(file));
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

/** A new file, whose folder is removed when this process exits for any reason. */
function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "support-desk-"));
  process.once("exit", () => {
    try {
      // A worker that is killed at this moment may still write there.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    } catch {
      // On Windows an open file cannot be removed, and no caller is left to report it to.
    }
  });
  return join(folder, "desk.db");
}
