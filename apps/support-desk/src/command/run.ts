import { relative } from "node:path";

import { Desk } from "../desk/desk.ts";
import { mindOf } from "../mind.ts";
import { spellModel } from "../model/model-choice.ts";
import { collect } from "../report/collect.ts";
import { count, toText } from "../report/format.ts";
import { stylerFor, toSummary, toTerminal } from "../report/to-terminal.ts";
import { Timeline } from "../report/timeline.ts";
import { checkReportFile, writeReport } from "../report/write-report.ts";
import type { StorageChoice } from "../storage/storage-choice.ts";
import { storageOf } from "../storage/storage-of.ts";
import { readTickets } from "../tickets/read-tickets.ts";
import { WorkerCrew } from "../workers/worker-crew.ts";
import { temporaryMeshFile } from "./mesh-file.ts";
import type { Options } from "./options.ts";
import { ProgressLine } from "./progress-line.ts";

/** Lets the desk work, and reports on it: the report goes to standard output, all else to standard error. */
export async function run(options: Options, program: string, signal: AbortSignal): Promise<void> {
  const { durability, specialists, leaseSeconds, thinkingMs, model, questions, workers } = options;
  const { tickets, labels } = await readTickets(options.tickets);
  for (const path of options.reports) await checkReportFile(path);
  const mind = await mindOf({ model, thinkingMs });
  const isTemporary = options.storage === undefined;
  const choice: StorageChoice = options.storage ?? { kind: "sqlite", path: temporaryMeshFile() };
  const storage = await storageOf(choice, durability);
  const progress = new ProgressLine(process.stderr, stylerFor(process.stderr));
  const settings = {
    storage: choice,
    durability,
    specialists,
    leaseSeconds,
    mind: { model, thinkingMs },
  };
  const crew =
    workers === 1 ? undefined : new WorkerCrew({ program, workers, settings, say: progress.say });
  const timeline = new Timeline();
  const desk = new Desk({
    storage,
    mind,
    specialists,
    leaseSeconds,
    ...(crew && { crew }),
    onProgress: (point) => {
      timeline.add(point);
      progress.show(point);
    },
  });
  try {
    const { answered: answeredBefore, ...before } = await desk.remains();
    progress.say(`${count(tickets.length, "ticket")} from ${relative(".", options.tickets)}`);
    if (model !== undefined) progress.say(`${spellModel(model)} decides`);
    if (before.tickets > 0) {
      progress.say(
        `It resumes: ${toText(answeredBefore)} of ${toText(before.tickets)} are answered.`,
      );
    }
    if (before.held > 0) {
      progress.say(
        `${count(before.held, "task")} were claimed when it ended, and are free again within ${leaseSeconds} s.`,
      );
    }
    const started = performance.now();
    await desk.work(tickets, signal);
    const seconds = (performance.now() - started) / 1_000;
    const interrupted = signal.aborted;
    const decidedBy = model === undefined ? null : spellModel(model);
    const report = await collect({
      desk,
      processes: crew?.processes ?? [],
      labels,
      questions,
      run: { answeredBefore, seconds, interrupted, thinkingMs, model: decidedBy },
      timeline: timeline.points(),
      storage: { choice, isTemporary, durability: storage.traits.durability },
    });
    progress.clear();
    const print = options.full ? toTerminal : toSummary;
    process.stdout.write(`\n${print(report, stylerFor(process.stdout))}`);
    for (const path of options.reports) {
      await writeReport(path, report);
      progress.say(`Written: ${path}`);
    }
    if (interrupted && isTemporary)
      progress.say("Nothing is kept. A run on a named --storage can be resumed.");
    else if (interrupted && choice.kind !== "memory")
      progress.say("To resume: the same --tickets and --storage.");
    else if (!options.full && options.reports.length === 0)
      progress.say("Every table: --full. A page with charts: --report report.html");
  } finally {
    progress.clear();
    await desk.mesh.close();
  }
}
