import { setTimeout as pause } from "node:timers/promises";
import type { LogEntry } from "@syntha/core/storage";
import type { Acknowledged, WriterTask } from "./children/writer.ts";
import { alone } from "./harness/alone.ts";
import { Member } from "./harness/crew.ts";
import { Fold } from "./harness/fold.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

const LONGEST_LIFE_MS = 120;

/** Two processes write until they are killed; then all that they were told is there, and nothing else is wrong. */
export const kill: Program = {
  name: "kill",
  promise: "An acknowledged write outlives `kill -9` of the processes that write",
  storages: ["sqlite", "postgres"],
  unit: "rounds",
  count: 1_000,
  run: kills,
};

async function kills(run: Run): Promise<Findings> {
  const fold = new Fold("soak");
  const ids = new Map<string, string>();
  const found = { kills: 0, acknowledged: 0, lost: 0, unclean: 0, differences: 0 };
  let done = 0;
  let pair = start(run, 0);
  for (; done < run.count && !run.isOver; done++) {
    run.progress(done);
    for (const { member } of pair) member.order("go");
    await Promise.all(pair.map(({ member }) => member.begun));
    await pause(run.random.below(LONGEST_LIFE_MS));
    const [first, second] = run.random.chance(0.5) ? pair : pair.toReversed();
    first?.member.kill();
    if (run.random.chance(0.5)) await pause(run.random.below(40));
    second?.member.kill();
    for (const { member } of pair) {
      const end = await member.ended;
      run.expect(
        end === "SIGKILL",
        () => `round ${done}: a writer ended by ${end}, not by the kill`,
      );
      found.kills++;
    }
    const acknowledged = pair.flatMap((each) => each.acknowledged);
    // Loads its code while the last round is looked at.
    pair = start(run, done + 1);
    found.acknowledged += acknowledged.length;
    const { lost, unclean, difference } = await look(run, fold, ids, acknowledged);
    for (const each of lost) run.breach(`round ${done}: ${JSON.stringify(each)} is lost`);
    if (unclean !== undefined) run.breach(`round ${done}: ${unclean}`);
    if (difference !== undefined) run.breach(`round ${done}: ${difference}`);
    run.expect(fold.gaps === 0, () => `round ${done}: ${fold.gaps} gaps in the log`);
    found.lost += lost.length;
    found.unclean += unclean === undefined ? 0 : 1;
    found.differences += difference === undefined ? 0 : 1;
  }
  for (const { member } of pair) member.kill();
  await Promise.all(pair.map(({ member }) => member.ended));
  run.expect(found.acknowledged > 0, () => "no write was acknowledged");
  return {
    done,
    figures: {
      kills: found.kills,
      "writes acknowledged": found.acknowledged,
      "log entries": fold.entries,
      lost: found.lost,
      gaps: fold.gaps,
      "states unlike the log": found.differences,
      "integrity checks failed": found.unclean,
    },
  };
}

interface Writer {
  readonly member: Member<Acknowledged>;
  readonly acknowledged: Acknowledged[];
}

function start(run: Run, round: number): Writer[] {
  return ["left", "right"].map((side) => {
    const acknowledged: Acknowledged[] = [];
    const { address } = run.site;
    const task: WriterTask = { address, name: `${side} ${round}`, seed: run.random.seed() };
    const member = new Member<Acknowledged>("writer", task, (each) => acknowledged.push(each));
    return { member, acknowledged };
  });
}

/** What a round left behind, opened as after a crash: nobody else has it open. */
async function look(
  run: Run,
  fold: Fold,
  /** What was last written to each key, also in earlier rounds. */
  ids: Map<string, string>,
  acknowledged: readonly Acknowledged[],
): Promise<{ lost: readonly Acknowledged[]; unclean?: string; difference?: string }> {
  const storage = run.site.storage();
  await storage.open();
  try {
    const written = new Map<string, number>();
    const deleted = new Set<string>();
    await fold.read(storage, (entry) => hear(entry, written, ids, deleted));
    const lost = acknowledged.filter((each) => {
      if ("deleted" in each) return !deleted.has(each.deleted);
      const { wrote, revision } = each;
      return !wrote.every(
        (id) => written.has(id) && (revision === null || written.get(id) === revision),
      );
    });
    const difference = await fold.difference(storage);
    const unclean = await run.site.integrity();
    return { lost, ...(unclean && { unclean }), ...(difference && { difference }) };
  } finally {
    await storage.close();
  }
}

/** Takes down which id was written at which position, and which of them were deleted. */
function hear(
  { position, change, event }: LogEntry,
  written: Map<string, number>,
  ids: Map<string, string>,
  deleted: Set<string>,
): void {
  if (change.type === "put" && change.after.value !== null) {
    const id = JSON.parse(change.after.value) as string;
    written.set(id, position);
    ids.set(change.key, id);
  }
  if (change.type === "delete") deleted.add(ids.get(change.key) ?? "");
  if (event) written.set(event.id, position);
}

await alone(import.meta.url, kill);
