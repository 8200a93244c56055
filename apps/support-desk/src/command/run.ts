import { Desk } from "../desk/desk.ts";
import { mindOf } from "../mind.ts";
import { spellModel } from "../model/model-choice.ts";
import { collect } from "../report/collect.ts";
import { toSections } from "../report/sections.ts";
import { toText } from "../report/section.ts";
import { stylerFor, toTerminal } from "../report/to-terminal.ts";
import { writeReport } from "../report/write-report.ts";
import { spellStorage, type StorageChoice } from "../storage/storage-choice.ts";
import { storageOf } from "../storage/storage-of.ts";
import { readTickets } from "../tickets/read-tickets.ts";
import { WorkerCrew } from "../workers/worker-crew.ts";
import { newMeshFile } from "./mesh-file.ts";
import type { Options } from "./options.ts";
import { ProgressLine } from "./progress-line.ts";

/** Lets the desk work, and shows what came of it. The report goes to standard output, all else beside it. */
export async function run(options: Options, program: string, signal: AbortSignal): Promise<void> {
  const { tickets, labels } = await readTickets(options.tickets);
  const choice: StorageChoice = options.storage ?? { kind: "sqlite", path: await newMeshFile() };
  const { durability, specialists, leaseSeconds, thinkingMs, model, questions, workers } = options;
  // First of all, since without a key there is nothing to begin.
  const mind = await mindOf({ model, thinkingMs });
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
  const desk = new Desk({
    storage,
    mind,
    specialists,
    leaseSeconds,
    ...(crew && { crew }),
    onProgress: progress.show,
  });
  try {
    const { answered: answeredBefore, ...before } = await desk.remains();
    progress.say(`${toText(tickets.length)} tickets in ${options.tickets}`);
    progress.say(`The mesh is in ${spellStorage(choice)}`);
    if (model !== undefined) progress.say(`${spellModel(model)} decides`);
    if (before.tickets > 0) {
      progress.say(
        `It goes on: ${toText(answeredBefore)} of ${toText(before.tickets)} are answered.`,
      );
    }
    if (before.held > 0) {
      progress.say(
        `${toText(before.held)} tasks were held when it ended; they are free again within ${leaseSeconds} s.`,
      );
    }
    const started = performance.now();
    await desk.work(tickets, signal);
    const seconds = (performance.now() - started) / 1_000;
    const interrupted = signal.aborted;
    const decidedBy = model === undefined ? null : spellModel(model);
    const run = { answeredBefore, seconds, interrupted, thinkingMs, model: decidedBy };
    const processes = crew?.processes ?? [];
    const facts = { desk, processes, labels, questions, run, storage: choice };
    const report = await collect({ ...facts, durability: storage.traits.durability });
    const text = toTerminal(toSections(report), stylerFor(process.stdout));
    progress.clear();
    process.stdout.write(`\n${text}`);
    if (options.report !== undefined) await writeReport(options.report, report);
    if (interrupted && choice.kind !== "memory")
      progress.say(`\nTo go on: name the same tickets and --storage ${spellStorage(choice)}`);
  } finally {
    progress.clear();
    await desk.mesh.close();
  }
}
