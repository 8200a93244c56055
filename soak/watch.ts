import { setTimeout as pause } from "node:timers/promises";
import type { ContextMesh } from "@syntha/core";
import { InFlightCounter } from "@syntha/core/storage";
import type { Random } from "@syntha/testing-random";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { Reader } from "./watch/reader.ts";
import { LAST, Script } from "./watch/script.ts";

const TOPICS = ["red", "green", "blue"];
/** Number of items to keep alive. */
const MAX_ITEMS = 600;
/** Changes per forced reconnect. */
const CHANGES_PER_RECONNECT = 1_000;
/** Changes by which the writer may lead the slowest watch. */
const MAX_LEAD = 20_000;
/** How long all watches together may receive nothing. */
const STALLED_MS = 10_000;
/** Commits that compaction keeps: usually what the slowest watch needs, sometimes fewer. */
const RETAINED_COMMITS = [4_000, 4_000, 4_000, 200];

/** Watches that reconnect in new meshes while the log is written and compacted. */
export const watch: Program = {
  name: "watch",
  guarantee:
    "A watch emits every change once and in order, across reconnects and while the log is compacted",
  storages: ["sqlite", "postgres", "memory"],
  unit: "changes",
  count: 1_000_000,
  run: runWatch,
};

async function runWatch(run: Run): Promise<Findings> {
  const storage = run.database.storage();
  const mesh = createMesh(storage);
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
  const ended = new AbortController();
  const stalled = untilStalled(readers, ended.signal).then(
    () => run.breach(`no watch received anything for ${STALLED_MS / 1_000} s`),
    () => undefined,
  );
  // A reader that waits for a missing change would wait forever.
  const following = Promise.race([
    Promise.all(readers.map((reader) => reader.follow())),
    stalled,
  ]).finally(() => ended.abort());
  await Promise.all(readers.map((reader) => reader.started));

  const compacting = { times: 0, isOver: false };
  const compaction = compact(mesh, run.random, compacting);
  await write(run, mesh, script, readers);
  compacting.isOver = true;
  await compaction;
  await following;
  const sum = (of: (reader: Reader) => number): number =>
    readers.reduce((total, reader) => total + of(reader), 0);
  const breaches = run.breaches.length;
  await mesh.close();
  return {
    done: script.end - 1,
    figures: {
      watches: readers.length,
      "changes received": sum(({ received }) => received),
      reconnects: sum((reader) => reader.reconnects),
      compactions: compacting.times,
      "restarts after CURSOR_COMPACTED": sum((reader) => reader.restarts),
      "times lagged": sum((reader) => reader.lags),
      "gaps, duplicates and reorderings": breaches,
    },
  };
}

/** Writes commits of 1 to 20 changes, up to 16 at once. */
async function write(
  run: Run,
  mesh: ContextMesh,
  script: Script,
  readers: readonly Reader[],
): Promise<void> {
  const { random } = run;
  const liveKeys: string[] = [];
  let keys = 0;
  const inFlight = new InFlightCounter();
  while (run.continues(script.end)) {
    script.discardBefore(Math.min(...readers.map(({ position }) => position)));
    // A restarted reader learns its position from its next change.
    const positions = readers
      .filter(({ isRestarted }) => !isRestarted)
      .map(({ position }) => position);
    if (script.end - Math.min(...positions) > MAX_LEAD || inFlight.count >= 16) {
      await Promise.race([inFlight.idle(), pause(2)]);
      continue;
    }
    const dice = random.next();
    let written: Promise<unknown>;
    if (dice < 0.2) {
      const topic = random.pick(TOPICS);
      written = mesh.system.publish("happened", script.end, { topics: [topic] });
      script.add({ type: "event", topic });
    } else if (dice < 0.4 && liveKeys.length > MAX_ITEMS / 2) {
      const [key] = liveKeys.splice(random.below(liveKeys.length), 1) as [string];
      written = mesh.system.delete(key);
      script.add({ type: "delete", key, topic: topicOf(key) });
    } else {
      const batch = new Set<string>();
      const size = Math.min(random.between(1, 20), run.count - script.end);
      while (batch.size < size) {
        const isNew = liveKeys.length === 0 || (liveKeys.length < MAX_ITEMS && random.chance(0.5));
        if (isNew) liveKeys.push(`key ${keys++}`);
        batch.add(isNew ? (liveKeys.at(-1) as string) : random.pick(liveKeys));
      }
      const pushes = [...batch].map((key) => {
        const value = script.end;
        script.add({ type: "put", key, topic: topicOf(key) });
        return { key, value, topics: [topicOf(key)] };
      });
      written = mesh.system.pushMany(pushes);
    }
    void inFlight
      .run(() => written)
      .catch((error: unknown) => run.breach(`a write failed: ${String(error)}`));
  }
  await inFlight.idle();
  const number = script.end;
  script.add({ type: "put", key: LAST, topic: undefined });
  script.isEnded = true;
  await mesh.system.push(LAST, number, { topics: TOPICS });
}

function topicOf(key: string): string {
  return TOPICS[Number(key.split(" ")[1]) % TOPICS.length] as string;
}

async function untilStalled(readers: readonly Reader[], signal: AbortSignal): Promise<void> {
  for (let [total, at] = [-1, 0]; ;) {
    const now = readers.reduce((sum, { position }) => sum + position, 0);
    if (now !== total) [total, at] = [now, performance.now()];
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
    await mesh.compact({ log: { commits: random.pick(RETAINED_COMMITS) }, events: { count: 0 } });
    state.times++;
  }
}
