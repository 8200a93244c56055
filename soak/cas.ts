import { setTimeout as pause } from "node:timers/promises";
import { type Watch } from "@syntha/core";
import type { Counted, CounterTask } from "./children/counter.ts";
import { alone } from "./harness/alone.ts";
import { Member } from "./harness/crew.ts";
import { Latencies, spellMs } from "./harness/latencies.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

const PROCESSES = 8;
const KEYS = ["a", "b", "c", "d"];
const CALM_EVERY_MS = 40;
const WITHIN_MS = 250;

/** Eight processes count up a few numbers, while this one watches what they do. */
export const cas: Program = {
  name: "cas",
  promise:
    "No update is lost among processes that compare and set, and a watch in another process has a change within 250 ms",
  storages: ["sqlite", "postgres"],
  unit: "updates",
  count: 80_000,
  run: race,
};

async function race(run: Run): Promise<Findings> {
  const mesh = meshOn(run.site.storage());
  await mesh.system.pushMany(KEYS.map((key) => ({ key, value: 0, global: true })));
  const feed = mesh.system.watch({ buffer: 1_000_000 });
  const arrivals = new Map<number, number>();
  const watching = takeDown(feed, arrivals);
  while (feed.cursor === undefined) await pause(1);

  const acknowledged = new Map<number, number>();
  const calm = new Set<number>();
  let [conflicts, doubles] = [0, 0];
  const hear = (message: Counted | "ready"): void => {
    if (message === "ready") return;
    for (const [revision, at] of message.counts) {
      if (acknowledged.has(revision)) doubles++;
      acknowledged.set(revision, at);
      if (message.calm) calm.add(revision);
    }
    conflicts += message.conflicts;
    run.progress(acknowledged.size);
  };
  const times = Math.ceil(run.count / PROCESSES);
  const calmTimes = Math.min(200, Math.ceil(times / 4));
  const members = Array.from({ length: PROCESSES }, (_, i) => {
    const { address } = run.site;
    const seed = run.random.seed();
    const task: CounterTask = {
      address,
      seed,
      calmTimes,
      name: `counter ${i}`,
      keys: KEYS,
      times: times - calmTimes,
      calmEveryMs: CALM_EVERY_MS,
    };
    return new Member<Counted | "ready">("counter", task, hear);
  });
  await Promise.all(members.map(({ begun }) => begun));
  for (const member of members) member.order("go");
  const ended = Promise.all(members.map((member) => member.ended));
  const hurried = (times - calmTimes) * PROCESSES;
  await until(() => acknowledged.size >= hurried || run.isOver, ended);
  for (const member of members) member.order("calm");
  await until(() => acknowledged.size >= times * PROCESSES || run.isOver, ended);
  const wasCut = run.isOver;
  if (wasCut) for (const member of members) member.kill();
  const ends = await ended;
  if (!wasCut)
    for (const [i, end] of ends.entries())
      run.expect(end === 0, () => `process ${i} ended by ${end}`);

  const { revision: head } = await mesh.stats();
  await until(() => arrivals.size >= head - 1, pause(5_000, undefined, { ref: false }));
  const numbers = await mesh.system.getMany<number>(KEYS);
  const sum = Object.values(numbers).reduce<number>((total, number) => total + (number ?? 0), 0);
  // Those that a process was killed too early to tell are counted, but were never acknowledged.
  const lost = wasCut ? Math.max(0, acknowledged.size - sum) : Math.abs(acknowledged.size - sum);
  run.expect(lost === 0, () => `${acknowledged.size} updates acknowledged, but the sum is ${sum}`);
  run.expect(doubles === 0, () => `${doubles} revisions were given twice`);
  run.expect(sum === head - 1, () => `${sum} updates in ${head - 1} commits`);
  await mesh.close();
  await watching;

  const [loaded, paced] = [new Latencies(), new Latencies()];
  let untold = 0;
  for (const [revision, at] of acknowledged) {
    const arrival = arrivals.get(revision);
    if (arrival === undefined) untold++;
    else (calm.has(revision) ? paced : loaded).add(Math.max(0, arrival - at));
  }
  run.expect(untold === 0, () => `${untold} changes did not reach the watch`);
  const slowest = paced.quantile(0.99);
  run.expect(!(slowest > WITHIN_MS), () => `1 in 100 changes took ${spellMs(slowest)} to arrive`);
  return {
    done: Math.min(run.count, acknowledged.size),
    figures: {
      processes: PROCESSES,
      conflicts,
      lost,
      ...(paced.count > 0 && {
        "reached a watch elsewhere, median": spellMs(paced.quantile(0.5)),
        p99: spellMs(slowest),
      }),
      ...(loaded.count > 0 && { "p99 under full load": spellMs(loaded.quantile(0.99)) }),
    },
  };
}

async function takeDown(feed: Watch, arrivals: Map<number, number>): Promise<void> {
  for await (const change of feed) {
    if (change.type !== "put") continue;
    arrivals.set(change.item.revision, performance.timeOrigin + performance.now());
  }
}

/** Settles when it is so, or when nothing more can come. */
async function until(isSo: () => boolean, end: Promise<unknown>): Promise<void> {
  let isEnded = false;
  void end.then(() => (isEnded = true));
  while (!isSo() && !isEnded) await pause(5);
}

await alone(import.meta.url, cas);
