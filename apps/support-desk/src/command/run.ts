import { SqliteStorage } from "@syntha/storage-sqlite";

import { Desk } from "../desk/desk.ts";
import { rules, slowed } from "../mind.ts";
import { collect } from "../report/collect.ts";
import { toSections } from "../report/sections.ts";
import { toText } from "../report/section.ts";
import { stylerFor, toTerminal } from "../report/to-terminal.ts";
import { writeReport } from "../report/write-report.ts";
import { readTickets } from "../tickets/read-tickets.ts";
import { newMeshFile } from "./mesh-file.ts";
import type { Options } from "./options.ts";
import { ProgressLine } from "./progress-line.ts";

/** Lets the desk work, and shows what came of it. The report goes to standard output, all else beside it. */
export async function run(options: Options, signal: AbortSignal): Promise<void> {
  const { tickets, labels } = await readTickets(options.tickets);
  const file = options.db ?? (await newMeshFile());
  const { durability, specialists, leaseSeconds, thinkingMs, questions } = options;
  const storage = new SqliteStorage({ path: file, durability });
  const progress = new ProgressLine(process.stderr, stylerFor(process.stderr));
  const onProgress = progress.show;
  const mind = slowed(rules, thinkingMs);
  const desk = new Desk({ storage, mind, specialists, leaseSeconds, onProgress });
  try {
    const { answered: answeredBefore, ...before } = await desk.remains();
    say(`${toText(tickets.length)} tickets in ${options.tickets}`);
    say(`The mesh is in ${file}`);
    if (before.tickets > 0) {
      say(`It goes on: ${toText(answeredBefore)} of ${toText(before.tickets)} are answered.`);
    }
    if (before.held > 0) {
      say(
        `${toText(before.held)} tasks were held when it ended; they are free again within ${leaseSeconds} s.`,
      );
    }
    const started = performance.now();
    await desk.work(tickets, signal);
    const seconds = (performance.now() - started) / 1_000;
    progress.clear();
    const interrupted = signal.aborted;
    const facts = {
      desk,
      labels,
      answeredBefore,
      seconds,
      interrupted,
      questions,
      file,
      thinkingMs,
    };
    const report = await collect({ ...facts, durability: storage.traits.durability });
    const text = toTerminal(toSections(report), stylerFor(process.stdout));
    process.stdout.write(`\n${text}`);
    if (options.report !== undefined) await writeReport(options.report, report);
    if (interrupted) say(`\nTo go on: name the same tickets and --db ${file}`);
  } finally {
    progress.clear();
    await desk.mesh.close();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
