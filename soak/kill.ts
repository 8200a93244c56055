import { setTimeout as pause } from "node:timers/promises";
import type { LogEntry } from "@syntha/core/storage";
import type { Acknowledged, WriterTask } from "./children/writer.ts";
import { Child } from "./harness/child.ts";
import { LogReplay } from "./harness/log-replay.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

const MAX_LIFETIME_MS = 120;

/** Two processes write until they are killed; then every acknowledged write must be stored and the state must match the log. */
export const kill: Program = {
  name: "kill",
  guarantee: "An acknowledged write survives `kill -9` of the writing processes",
  storages: ["sqlite", "node-sqlite", "postgres"],
  unit: "rounds",
  count: 1_000,
  run: runKill,
};

async function runKill(run: Run): Promise<Findings> {
  const replay = new LogReplay("soak");
  const ids = new Map<string, string>();
  const counts = { kills: 0, acknowledged: 0, lost: 0, corrupt: 0, differing: 0 };
  let done = 0;
  let pair = start(run, 0);
  for (; run.continues(done); done++) {
    for (const { child } of pair) child.command("go");
    await Promise.all(pair.map(({ child }) => child.started));
    await pause(run.random.below(MAX_LIFETIME_MS));
    const [first, second] = run.random.chance(0.5) ? pair : pair.toReversed();
    first?.child.kill();
    if (run.random.chance(0.5)) await pause(run.random.below(40));
    second?.child.kill();
    for (const { child } of pair) {
      const end = await child.ended;
      run.expect(end === "SIGKILL", () => `round ${done}: a writer ended with ${end}, not SIGKILL`);
      counts.kills++;
    }
    const acknowledged = pair.flatMap((each) => each.acknowledged);
    // The next writers load their code while this round is verified.
    pair = start(run, done + 1);
    counts.acknowledged += acknowledged.length;
    const { lost, corruption, difference } = await verify(run, replay, ids, acknowledged);
    for (const each of lost) run.breach(`round ${done}: ${JSON.stringify(each)} is lost`);
    if (corruption !== undefined) run.breach(`round ${done}: ${corruption}`);
    if (difference !== undefined) run.breach(`round ${done}: ${difference}`);
    run.expect(replay.gaps === 0, () => `round ${done}: ${replay.gaps} gaps in the log`);
    counts.lost += lost.length;
    counts.corrupt += corruption === undefined ? 0 : 1;
    counts.differing += difference === undefined ? 0 : 1;
  }
  for (const { child } of pair) child.kill();
  await Promise.all(pair.map(({ child }) => child.ended));
  run.expect(counts.acknowledged > 0, () => "no write was acknowledged");
  return {
    done,
    figures: {
      kills: counts.kills,
      "writes acknowledged": counts.acknowledged,
      "log entries": replay.entries,
      lost: counts.lost,
      gaps: replay.gaps,
      "states that differ from the log": counts.differing,
      "integrity checks failed": counts.corrupt,
    },
  };
}

interface Writer {
  readonly child: Child<Acknowledged>;
  readonly acknowledged: Acknowledged[];
}

function start(run: Run, round: number): Writer[] {
  return ["left", "right"].map((side) => {
    const acknowledged: Acknowledged[] = [];
    const { address } = run.database;
    const task: WriterTask = { address, name: `${side} ${round}`, seed: run.random.seed() };
    const child = new Child<Acknowledged>("writer", task, (each) => acknowledged.push(each));
    return { child, acknowledged };
  });
}

/** Opens the storage after a crash, when no other process has it open, and verifies what the round wrote. */
async function verify(
  run: Run,
  replay: LogReplay,
  /** The id last written to each key, including earlier rounds. */
  ids: Map<string, string>,
  acknowledged: readonly Acknowledged[],
): Promise<{ lost: readonly Acknowledged[]; corruption?: string; difference?: string }> {
  const storage = run.database.storage();
  await storage.open();
  try {
    const written = new Map<string, number>();
    const deleted = new Set<string>();
    await replay.read(storage, (entry) => collect(entry, written, ids, deleted));
    const lost = acknowledged.filter((each) => {
      if ("deleted" in each) return !deleted.has(each.deleted);
      const { wrote, revision } = each;
      return !wrote.every(
        (id) => written.has(id) && (revision === null || written.get(id) === revision),
      );
    });
    const difference = await replay.difference(storage);
    const corruption = await run.database.integrity();
    return { lost, ...(corruption && { corruption }), ...(difference && { difference }) };
  } finally {
    await storage.close();
  }
}

/** Records the position at which each id was written, and which ids were deleted. */
function collect(
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
