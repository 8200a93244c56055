import { setTimeout as pause } from "node:timers/promises";
import type { ContextMesh } from "@syntha/core";
import { alone } from "./harness/alone.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Random } from "./harness/random.ts";
import type { Run } from "./harness/run.ts";
import { Reader } from "./watch/reader.ts";
import { LAST, Script } from "./watch/script.ts";

const TOPICS = ["red", "green", "blue"];
/** Items that there are at a time. */
const POPULATION = 600;
/** For each so many changes, one forced reconnect. */
const CHANGES_PER_RECONNECT = 1_000;
/** Changes that the writer may be ahead of the slowest watch. */
const LEAD = 20_000;
/** How long it may take until any watch is told anything. */
const STALLED_MS = 10_000;
/** Commits that compacting keeps: mostly what the slowest needs, sometimes less. */
const KEPT_COMMITS = [4_000, 4_000, 4_000, 200];

/** Watches that are cut off and go on elsewhere, while the log is written and shortened. */
export const watch: Program = {
  name: "watch",
  promise:
    "A watch tells every change once and in order, across reconnects and while the log is compacted",
  storages: ["sqlite", "postgres", "memory"],
  unit: "changes",
  count: 1_000_000,
  run: follow,
};

async function follow(run: Run): Promise<Findings> {
  const storage = run.site.storage();
  const mesh = meshOn(storage);
  for (const topic of TOPICS) await mesh.agent(topic).subscribe([topic]);
  const script = new Script();
  const reconnects = Math.ceil(run.count / CHANGES_PER_RECONNECT);
  const readers = [undefined, ...TOPICS].map(
    (topic, i, { length }) =>
      new Reader(
        run,
        script,
        topic,
        Math.ceil((reconnects - i) / length),
        topic ? run.count / TOPICS.length : run.count,
      ),
  );
  const over = new AbortController();
  const stalled = untilStalled(readers, over.signal).then(
    () => run.breach(`no watch was told anything for ${STALLED_MS / 1_000} s`),
    () => undefined,
  );
  // One that waits for what never comes waits for ever.
  const following = Promise.race([
    Promise.all(readers.map((reader) => reader.follow())),
    stalled,
  ]).finally(() => over.abort());
  await Promise.all(readers.map((reader) => reader.begun));

  const compacting = { times: 0, isOver: false };
  const compaction = compact(mesh, run.random, compacting);
  await write(run, mesh, script, readers);
  compacting.isOver = true;
  await compaction;
  await following;
  const sum = (of: (reader: Reader) => number): number =>
    readers.reduce((total, reader) => total + of(reader), 0);
  const wrong = run.breaches.length;
  await mesh.close();
  return {
    done: script.end - 1,
    figures: {
      watches: readers.length,
      told: sum(({ told }) => told),
      reconnects: sum((reader) => reader.reconnects),
      compactions: compacting.times,
      "started anew after CURSOR_COMPACTED": sum((reader) => reader.restarts),
      "times lagged": sum((reader) => reader.lags),
      "gaps, doubles and reorderings": wrong,
    },
  };
}

/** Writes commits of one to some tens of changes, several of them under way at once. */
async function write(
  run: Run,
  mesh: ContextMesh,
  script: Script,
  readers: readonly Reader[],
): Promise<void> {
  const { random } = run;
  const living: string[] = [];
  let keys = 0;
  const underWay = new Set<Promise<unknown>>();
  while (script.end < run.count && !run.isOver) {
    run.progress(script.end);
    script.forget(Math.min(...readers.map(({ position }) => position)));
    // One that started anew learns where it stands by the next change.
    const behind = readers.filter(({ isAnew }) => !isAnew).map(({ position }) => position);
    if (script.end - Math.min(...behind) > LEAD || underWay.size >= 16) {
      await Promise.race([...underWay, pause(2)]);
      continue;
    }
    const dice = random.next();
    let written: Promise<unknown>;
    if (dice < 0.2) {
      const topic = random.pick(TOPICS);
      written = mesh.system.publish("happened", script.end, { topics: [topic] });
      script.add({ type: "event", topic });
    } else if (dice < 0.4 && living.length > POPULATION / 2) {
      const [key] = living.splice(random.below(living.length), 1) as [string];
      written = mesh.system.delete(key);
      script.add({ type: "delete", key, topic: topicOf(key) });
    } else {
      const batch = new Set<string>();
      const size = Math.min(random.between(1, 20), run.count - script.end);
      while (batch.size < size) {
        const isNew = living.length === 0 || (living.length < POPULATION && random.chance(0.5));
        if (isNew) living.push(`key ${keys++}`);
        batch.add(isNew ? (living.at(-1) as string) : random.pick(living));
      }
      const pushes = [...batch].map((key) => {
        const value = script.end;
        script.add({ type: "put", key, topic: topicOf(key) });
        return { key, value, topics: [topicOf(key)] };
      });
      written = mesh.system.pushMany(pushes);
    }
    const task: Promise<unknown> = written
      .catch((error: unknown) => run.breach(`a write failed: ${String(error)}`))
      .finally(() => underWay.delete(task));
    underWay.add(task);
  }
  await Promise.all(underWay);
  const number = script.end;
  script.add({ type: "put", key: LAST, topic: undefined });
  script.isEnded = true;
  await mesh.system.push(LAST, number, { topics: TOPICS });
}

function topicOf(key: string): string {
  return TOPICS[Number(key.split(" ")[1]) % TOPICS.length] as string;
}

async function untilStalled(readers: readonly Reader[], signal: AbortSignal): Promise<void> {
  for (let [told, at] = [-1, 0]; ;) {
    const now = readers.reduce((total, { position }) => total + position, 0);
    if (now !== told) [told, at] = [now, performance.now()];
    else if (performance.now() - at > STALLED_MS) return;
    await pause(100, undefined, { signal });
  }
}

async function compact(
  mesh: ContextMesh,
  random: Random,
  state: { times: number; isOver: boolean },
): Promise<void> {
  while (!state.isOver) {
    await pause(random.between(20, 60));
    await mesh.compact({ log: { commits: random.pick(KEPT_COMMITS) }, events: { count: 0 } });
    state.times++;
  }
}

await alone(import.meta.url, watch);
