import { type ContextMesh, type Storage } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import { alone } from "./harness/alone.ts";
import { Fold } from "./harness/fold.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

const KEYS = Array.from({ length: 30 }, (_, i) => `key ${i}`);
const HOUR = 3_600_000;
const READS_AT_ONCE = 20;

/** Reads around the moment of expiry, while the clocks of two storages are stepped to and fro. */
export const ttl: Program = {
  name: "ttl",
  promise:
    "What has expired is never read, told once as expired, and not revived by a clock that is set back",
  storages: ["sqlite", "postgres", "memory"],
  unit: "reads",
  count: 1_000_000,
  run: reads,
};

/** One storage with a clock of its own. */
interface Seat {
  readonly mesh: ContextMesh;
  readonly storage: Storage;
  readonly clock: ManualClock;
}

interface Held {
  readonly serial: number;
  readonly expiresAt: number | null;
}

/** What the mesh should hold. */
class Model {
  readonly items = new Map<string, Held>();
  /** The latest time that a commit recorded. */
  recorded = 0;
  serial = 0;

  now({ clock }: Seat): number {
    return Math.max(clock(), this.recorded);
  }

  seen(seat: Seat, key: string): Held | undefined {
    const held = this.items.get(key);
    if (held === undefined) return undefined;
    return held.expiresAt === null || held.expiresAt > this.now(seat) ? held : undefined;
  }

  seenKeys(seat: Seat): string[] {
    return [...this.items.keys()].filter((key) => this.seen(seat, key)).toSorted();
  }
}

async function reads(run: Run): Promise<Findings> {
  const model = new Model();
  const seats = Array.from({ length: run.kind === "memory" ? 1 : 2 }, (): Seat => {
    const clock = manualClock();
    const storage = run.site.storage(clock);
    return { clock, storage, mesh: meshOn(storage) };
  });
  const found = { reads: 0, steps: 0, ofExpired: 0, writes: 0 };
  while (found.reads < run.count && !run.isOver) {
    run.progress(found.reads);
    const seat = run.random.pick(seats);
    await write(run, model, seat);
    found.writes++;
    for (let i = 0; i < READS_AT_ONCE && found.reads < run.count; i++) {
      const reader = run.random.pick(seats);
      if (run.random.chance(0.3)) {
        step(run, model, reader);
        found.steps++;
      }
      const key = run.random.pick(KEYS);
      if (model.items.has(key) && model.seen(reader, key) === undefined) found.ofExpired++;
      await read(run, model, reader, key);
      found.reads++;
    }
  }
  const [first] = seats as [Seat];
  first.clock.set(Math.max(...seats.map(({ clock }) => clock()), model.recorded) + 3 * HOUR);
  await first.mesh.sweep();
  const { expired, wrong } = await judge(first.storage, model.now(first));
  for (const each of wrong) run.breach(each);
  run.expect(found.ofExpired > 0 && expired > 0, () => "nothing expired");
  for (const { mesh } of seats) await mesh.close();
  return {
    done: found.reads,
    figures: {
      clocks: seats.length,
      "steps of a clock": found.steps,
      writes: found.writes,
      "reads of something expired": found.ofExpired,
      "shown all the same": run.breaches.length === 0 ? 0 : "see below",
      expired,
      "told twice or never": wrong.length,
    },
  };
}

/** Moves a clock: a little, by up to an hour either way, or to the very moment at which something expires. */
function step({ random }: Run, model: Model, { clock }: Seat): void {
  const dice = random.next();
  if (dice < 0.4) clock.advance(random.below(20));
  else if (dice < 0.6) clock.set(clock() + random.between(-HOUR, HOUR));
  else {
    const { expiresAt } = model.items.get(random.pick(KEYS)) ?? {};
    // Only near enough, or all time would be spent at the latest of them.
    if (expiresAt && Math.abs(expiresAt - clock()) < HOUR)
      clock.set(expiresAt + random.between(-1, 1));
  }
}

async function write({ random }: Run, model: Model, seat: Seat): Promise<void> {
  const { system } = seat.mesh;
  const key = random.pick(KEYS);
  const dice = random.next();
  const now = model.now(seat);
  if (dice < 0.05) {
    if ((await seat.mesh.sweep()) > 0) model.recorded = now;
    return;
  }
  if (dice < 0.1) {
    if (model.seen(seat, key) === undefined) return;
    await system.delete(key);
    model.items.delete(key);
  } else {
    const value = ++model.serial;
    const old = model.seen(seat, key);
    const longest = random.pick([5, 50, 5_000, HOUR / 4, 2 * HOUR]);
    const ttl = dice < 0.2 ? "keep" : dice < 0.25 ? undefined : random.between(1, longest);
    await system.push(key, value, { global: true, ttl });
    const expiresAt =
      ttl === undefined ? null : ttl === "keep" ? (old?.expiresAt ?? null) : now + ttl;
    model.items.set(key, { serial: value, expiresAt });
  }
  model.recorded = now;
}

async function read(run: Run, model: Model, seat: Seat, key: string): Promise<void> {
  const { mesh } = seat;
  const agent = mesh.agent("Reader");
  const dice = run.random.below(100);
  const due = model.seen(seat, key)?.serial;
  const same = (call: string, is: unknown, should: unknown): void => {
    run.expect(JSON.stringify(is) === JSON.stringify(should), () => {
      const held = model.items.get(key);
      return `${call} of ${key} gave ${JSON.stringify(is)}, not ${JSON.stringify(should)}, at ${model.now(seat)}; held ${JSON.stringify(held)}`;
    });
  };
  if (dice < 40) same("get", await agent.get(key), due);
  else if (dice < 60) same("getItem", (await mesh.system.getItem(key))?.value, due);
  else if (dice < 75) {
    const keys = [key, run.random.pick(KEYS)];
    const values = (await agent.getItems([...new Set(keys)])).map(({ value }) => value);
    const serials = [...new Set(keys)].map((each) => model.seen(seat, each)?.serial);
    same(
      "getItems",
      values,
      serials.filter((serial) => serial !== undefined),
    );
  } else if (dice < 85) {
    const prefix = key;
    const dueKeys = model.seenKeys(seat).filter((each) => each.startsWith(prefix));
    same("keys", await agent.keys({ prefix }), dueKeys);
  } else if (dice < 90) same("explain", (await agent.explain(key)).visible, due !== undefined);
  else if (dice < 94) {
    const listed = (await mesh.system.list({ limit: 1_000 })).items.map((item) => item.key);
    same("list", listed, model.seenKeys(seat));
  } else if (dice < 97) {
    same("getAll", Object.keys(await agent.getAll()), model.seenKeys(seat));
  } else same("stats", (await mesh.stats()).items, model.seenKeys(seat).length);
}

/** By the log: each item that expired was told so once, and no value of it is left. */
async function judge(
  storage: Storage,
  now: number,
): Promise<{ expired: number; wrong: readonly string[] }> {
  const live = new Map<string, number | null>();
  const values = new Map<string, number[]>();
  const wrong: string[] = [];
  let expired = 0;
  const fold = new Fold("soak");
  await fold.read(storage, ({ change, at, position }) => {
    if (!("key" in change)) return;
    const { key } = change;
    const expiresAt = live.get(key) ?? null;
    const isOver = expiresAt !== null && expiresAt <= at;
    if (change.type === "put") {
      if (isOver) wrong.push(`${key} was replaced at ${position}, expired and not told so`);
      live.set(key, change.after.expiresAt);
      if (change.after.value !== null)
        values.set(key, [...(values.get(key) ?? []).slice(-1), position]);
    } else if (change.type === "delete") {
      if (isOver) wrong.push(`${key} was deleted at ${position}, expired and not told so`);
      live.delete(key);
    } else if (change.type === "expire") {
      if (!isOver) wrong.push(`${key} was told as expired at ${position}, and had not`);
      const left = values.get(key) ?? [];
      if (left.length > 0) wrong.push(`${key} has a value at ${left[0]}, and expired later`);
      live.delete(key);
      expired++;
    }
  });
  for (const [key, expiresAt] of live)
    if (expiresAt !== null && expiresAt <= now) wrong.push(`${key} was never told as expired`);
  if (fold.gaps > 0) wrong.push(`${fold.gaps} gaps in the log`);
  return { expired, wrong };
}

await alone(import.meta.url, ttl);
