import { setTimeout as pause } from "node:timers/promises";
import {
  type ContextMesh,
  type Cursor,
  isSynthaError,
  type Watch,
  type WatchChange,
} from "@syntha/core";
import { alone } from "./harness/alone.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Random } from "./harness/random.ts";
import type { Run } from "./harness/run.ts";

const TOPICS = ["red", "green", "blue"];
/** Items that there are at a time. */
const POPULATION = 600;
/** For each so many changes, one forced reconnect. */
const CHANGES_PER_RECONNECT = 1_000;
/** Changes that the writer may be ahead of the slowest watch. */
const LEAD = 20_000;
/** Commits that compacting keeps: mostly what the slowest needs, sometimes less. */
const KEPT_COMMITS = [4_000, 4_000, 4_000, 200];
/** The key of the last change, which everybody is told. */
const LAST = "last";

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

/**
 * One change as it was written, on one topic or on all of them. A put or an event tells its number; a key is deleted
 * once, so that tells its own.
 */
type Written =
  | { readonly type: "put"; readonly key: string; readonly topic: string | undefined }
  | { readonly type: "delete"; readonly key: string; readonly topic: string }
  | { readonly type: "event"; readonly topic: string };

/** All that was written, by its number, down to what nobody needs any more. */
class Script {
  readonly #changes: Written[] = [];
  readonly #deletedAt = new Map<string, number>();
  #start = 0;
  isEnded = false;

  get end(): number {
    return this.#start + this.#changes.length;
  }

  add(change: Written): void {
    if (change.type === "delete") this.#deletedAt.set(change.key, this.end);
    this.#changes.push(change);
  }

  at(number: number): Written {
    return this.#changes[number - this.#start] as Written;
  }

  deletedAt(key: string): number | undefined {
    return this.#deletedAt.get(key);
  }

  forget(before: number): void {
    if (before - this.#start < LEAD) return;
    const gone = this.#changes.splice(0, before - this.#start);
    for (const each of gone) if (each.type === "delete") this.#deletedAt.delete(each.key);
    this.#start = before;
  }
}

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
  const following = readers.map((reader) => reader.follow());
  await Promise.all(readers.map((reader) => reader.begun));

  const compacting = { times: 0, isOver: false };
  const compaction = compact(mesh, run.random, compacting);
  await write(run, mesh, script, readers);
  compacting.isOver = true;
  await compaction;
  await Promise.all(following);
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

/** A user who follows one watch through whatever happens to it. */
class Reader {
  told = 0;
  reconnects = 0;
  restarts = 0;
  lags = 0;
  /** All before this number was told. */
  position = 0;
  /** Whether it was just given what is visible, and the next change tells where it stands. */
  isAnew = false;
  readonly begun: Promise<void>;
  readonly #run: Run;
  readonly #script: Script;
  readonly #topic: string | undefined;
  readonly #every: number;
  readonly #due: number;
  /** Items that it sees, with the numbers of their puts, as they were at its position. */
  readonly #model = new Map<string, number>();
  /** Those that it was given as visible, while that lasts. */
  readonly #given = new Map<string, number>();
  /** What was visible and not given has changed since: it must still be told. */
  #owed = new Set<string>();
  #isInitial = false;
  #isKnownToBegin = false;
  #hasBegun!: () => void;

  constructor(run: Run, script: Script, topic: string | undefined, due: number, share: number) {
    this.#run = run;
    this.#script = script;
    this.#topic = topic;
    this.#due = due;
    // Starting anew skips some changes, so a little more often than they would last for.
    this.#every = Math.max(1, Math.floor((0.5 * share) / (due + 1)));
    this.begun = new Promise((resolve) => (this.#hasBegun = resolve));
  }

  follow(): Promise<void> {
    return this.#follow().finally(this.#hasBegun);
  }

  async #follow(): Promise<void> {
    let since: string | undefined;
    while (!this.#isDone && !this.#run.isOver) {
      // Each time as another process would: with a storage and a mesh of its own.
      const mesh = meshOn(this.#run.site.storage());
      const reader = this.#topic === undefined ? mesh.system : mesh.agent(this.#topic);
      const isInitial = this.#isInitial && since === undefined;
      try {
        since = await this.#take(reader.watch(isInitial ? { initial: true } : { since }));
      } catch (error) {
        if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
        this.restarts++;
        since = undefined;
        this.#isInitial = true;
        this.isAnew = false;
        this.#given.clear();
      }
      await mesh.close();
    }
    const { size } = this.#owed;
    this.#run.expect(this.#run.isOver || size === 0, () => `${this.#name}: ${size} never told`);
  }

  /** Takes changes until it is cut off; gives the place to go on from. */
  async #take(feed: Watch): Promise<Cursor | undefined> {
    const { random } = this.#run;
    let left = this.reconnects < this.#due ? 1 + random.below(2 * this.#every) : Infinity;
    if (!this.#isKnownToBegin) await this.#standing(feed);
    for await (const change of feed) {
      if (change.type === "lagged") {
        this.lags++;
        return change.cursor;
      }
      this.#hear(change);
      if (this.#isDone || this.#run.isOver) return change.cursor;
      if (left-- > 0) continue;
      this.reconnects++;
      // Sometimes away for so long that the log no longer reaches back.
      if (random.chance(0.1)) await pause(random.below(400));
      return change.cursor;
    }
    return feed.cursor;
  }

  async #standing(feed: Watch): Promise<void> {
    while (feed.cursor === undefined) await pause(1);
    this.#isKnownToBegin = true;
    this.#hasBegun();
  }

  get #isDone(): boolean {
    return this.#script.isEnded && this.position >= this.#script.end;
  }

  get #name(): string {
    return `the watch of ${this.#topic ?? "everything"}`;
  }

  #hear(change: WatchChange): void {
    if (change.type === "ready") return this.#standAnew();
    const number = this.#numberOf(change);
    if (number === undefined) return this.#run.breach(`${this.#name}: an odd ${change.type}`);
    if (this.#isInitial) {
      if (change.type !== "put") return this.#run.breach(`${this.#name}: no put before ready`);
      const { key } = change.item;
      if (this.#given.has(key)) this.#run.breach(`${this.#name}: ${key} given twice`);
      this.#given.set(key, number);
      return;
    }
    if (this.isAnew) this.#settle(number);
    const due = this.#next();
    if (number !== due) {
      const what = number < due ? "again or late" : `before ${due}`;
      return this.#run.breach(`${this.#name}: told change ${number} ${what}`);
    }
    this.#advance(number + 1);
    this.told++;
  }

  /** What was visible has been given. */
  #standAnew(): void {
    this.#isInitial = false;
    this.isAnew = true;
    const last = this.#given.get(LAST);
    if (last !== undefined) this.#settle(last + 1);
  }

  /** Compares what was given with what was visible before a change. */
  #settle(number: number): void {
    this.isAnew = false;
    if (number < this.position)
      return this.#run.breach(`${this.#name}: anew at ${number}, before ${this.position}`);
    this.#advance(number);
    for (const [key, given] of this.#given) {
      const is = this.#model.get(key);
      if (is !== given) this.#run.breach(`${this.#name}: given ${key}=${given}, it is ${is}`);
    }
    this.#owed = new Set([...this.#model.keys()].filter((key) => !this.#given.has(key)));
    this.#given.clear();
  }

  /** The number of the next change that it sees. */
  #next(): number {
    let number = this.position;
    while (number < this.#script.end && !this.#sees(number)) number++;
    return number;
  }

  #advance(to: number): void {
    for (; this.position < to; this.position++) {
      if (!this.#sees(this.position)) continue;
      const written = this.#script.at(this.position);
      if (written.type === "event") continue;
      this.#owed.delete(written.key);
      if (written.type === "put") this.#model.set(written.key, this.position);
      else this.#model.delete(written.key);
    }
  }

  #sees(number: number): boolean {
    const { topic } = this.#script.at(number);
    return this.#topic === undefined || topic === undefined || topic === this.#topic;
  }

  #numberOf(change: WatchChange): number | undefined {
    switch (change.type) {
      case "put": {
        const number = change.item.value as number;
        const written = number < this.#script.end ? this.#script.at(number) : undefined;
        const isSame = written?.type === "put" && written.key === change.item.key;
        // What is older than anything that is remembered was told long ago.
        return written === undefined || isSame ? number : undefined;
      }
      case "event":
        return change.event.data as number;
      case "delete":
        return this.#script.deletedAt(change.key);
      default:
        return undefined;
    }
  }
}

await alone(import.meta.url, watch);
