import { type ContextMesh, type Storage } from "@syntha/core";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import { LogReplay } from "./harness/log-replay.ts";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

const KEYS = Array.from({ length: 30 }, (_, i) => `key ${i}`);
const HOUR = 3_600_000;
const READS_PER_WRITE = 20;

/** Reads around the moment of expiry, while the clocks of two storages are set forward and back. */
export const ttl: Program = {
  name: "ttl",
  guarantee:
    "An expired item is never returned, has exactly one expiration in the log, and stays expired when a clock is set back",
  storages: ["sqlite", "postgres", "memory"],
  unit: "reads",
  count: 1_000_000,
  run: runTtl,
};

/** A storage with a separate clock. */
interface Peer {
  readonly mesh: ContextMesh;
  readonly storage: Storage;
  readonly clock: ManualClock;
}

interface Held {
  readonly serial: number;
  readonly expiresAt: number | null;
}

/** The expected contents of the mesh. */
class Model {
  readonly items = new Map<string, Held>();
  /** The latest commit time. */
  recorded = 0;
  serial = 0;

  now({ clock }: Peer): number {
    return Math.max(clock(), this.recorded);
  }

  visible(peer: Peer, key: string): Held | undefined {
    const held = this.items.get(key);
    if (held === undefined) return undefined;
    return held.expiresAt === null || held.expiresAt > this.now(peer) ? held : undefined;
  }

  visibleKeys(peer: Peer): string[] {
    return [...this.items.keys()].filter((key) => this.visible(peer, key)).toSorted();
  }
}

async function runTtl(run: Run): Promise<Findings> {
  const model = new Model();
  const peers = Array.from({ length: run.kind === "memory" ? 1 : 2 }, (): Peer => {
    const clock = manualClock();
    const storage = run.database.storage(clock);
    return { clock, storage, mesh: createMesh(storage) };
  });
  const counts = { reads: 0, steps: 0, ofExpired: 0, writes: 0 };
  while (run.continues(counts.reads)) {
    const peer = run.random.pick(peers);
    await write(run, model, peer);
    counts.writes++;
    for (let i = 0; i < READS_PER_WRITE && counts.reads < run.count; i++) {
      const reader = run.random.pick(peers);
      if (run.random.chance(0.3)) {
        step(run, model, reader);
        counts.steps++;
      }
      const key = run.random.pick(KEYS);
      if (model.items.has(key) && model.visible(reader, key) === undefined) counts.ofExpired++;
      await read(run, model, reader, key);
      counts.reads++;
    }
  }
  const [first] = peers as [Peer];
  first.clock.set(Math.max(...peers.map(({ clock }) => clock()), model.recorded) + 3 * HOUR);
  await first.mesh.sweep();
  const { expired, wrong } = await verifyLog(first.storage, model.now(first));
  for (const each of wrong) run.breach(each);
  run.expect(counts.ofExpired > 0 && expired > 0, () => "nothing expired");
  for (const { mesh } of peers) await mesh.close();
  return {
    done: counts.reads,
    figures: {
      clocks: peers.length,
      "clock steps": counts.steps,
      writes: counts.writes,
      "reads of expired items": counts.ofExpired,
      "expired items returned": run.breaches.length === 0 ? 0 : "see below",
      expired,
      "expirations missing or duplicated": wrong.length,
    },
  };
}

/** Moves a clock: a little, by up to an hour in either direction, or to the moment at which an item expires. */
function step({ random }: Run, model: Model, { clock }: Peer): void {
  const dice = random.next();
  if (dice < 0.4) clock.advance(random.below(20));
  else if (dice < 0.6) clock.set(clock() + random.between(-HOUR, HOUR));
  else {
    const { expiresAt } = model.items.get(random.pick(KEYS)) ?? {};
    // Only if it is near, or the clock would stay at the latest expiry.
    if (expiresAt && Math.abs(expiresAt - clock()) < HOUR)
      clock.set(expiresAt + random.between(-1, 1));
  }
}

async function write({ random }: Run, model: Model, peer: Peer): Promise<void> {
  const { system } = peer.mesh;
  const key = random.pick(KEYS);
  const dice = random.next();
  const now = model.now(peer);
  if (dice < 0.05) {
    if ((await peer.mesh.sweep()) > 0) model.recorded = now;
    return;
  }
  if (dice < 0.1) {
    if (model.visible(peer, key) === undefined) return;
    await system.delete(key);
    model.items.delete(key);
  } else {
    const value = ++model.serial;
    const old = model.visible(peer, key);
    const longest = random.pick([5, 50, 5_000, HOUR / 4, 2 * HOUR]);
    const ttl = dice < 0.2 ? "keep" : dice < 0.25 ? undefined : random.between(1, longest);
    await system.push(key, value, { global: true, ttl });
    const expiresAt =
      ttl === undefined ? null : ttl === "keep" ? (old?.expiresAt ?? null) : now + ttl;
    model.items.set(key, { serial: value, expiresAt });
  }
  model.recorded = now;
}

async function read(run: Run, model: Model, peer: Peer, key: string): Promise<void> {
  const { mesh } = peer;
  const agent = mesh.agent("Reader");
  const dice = run.random.below(100);
  const expected = model.visible(peer, key)?.serial;
  const check = (call: string, actual: unknown, expectedValue: unknown): void => {
    run.expect(JSON.stringify(actual) === JSON.stringify(expectedValue), () => {
      const held = model.items.get(key);
      return `${call} of ${key} returned ${JSON.stringify(actual)}, not ${JSON.stringify(expectedValue)}, at ${model.now(peer)}; the model has ${JSON.stringify(held)}`;
    });
  };
  if (dice < 40) check("get", await agent.get(key), expected);
  else if (dice < 60) check("getItem", (await mesh.system.getItem(key))?.value, expected);
  else if (dice < 75) {
    const keys = [key, run.random.pick(KEYS)];
    const values = (await agent.getItems([...new Set(keys)])).map(({ value }) => value);
    const serials = [...new Set(keys)].map((each) => model.visible(peer, each)?.serial);
    check(
      "getItems",
      values,
      serials.filter((serial) => serial !== undefined),
    );
  } else if (dice < 85) {
    const prefix = key;
    const expectedKeys = model.visibleKeys(peer).filter((each) => each.startsWith(prefix));
    check("keys", await agent.keys({ prefix }), expectedKeys);
  } else if (dice < 90)
    check("explain", (await agent.explain(key)).visible, expected !== undefined);
  else if (dice < 94) {
    const listed = (await mesh.system.list({ limit: 1_000 })).items.map((item) => item.key);
    check("list", listed, model.visibleKeys(peer));
  } else if (dice < 97) {
    check("getAll", Object.keys(await agent.getAll()), model.visibleKeys(peer));
  } else check("stats", (await mesh.stats()).items, model.visibleKeys(peer).length);
}

/** Verifies by the log that each expired item has one expiration, and that no value of it is left. */
async function verifyLog(
  storage: Storage,
  now: number,
): Promise<{ expired: number; wrong: readonly string[] }> {
  const live = new Map<string, number | null>();
  const values = new Map<string, number[]>();
  const wrong: string[] = [];
  let expired = 0;
  const replay = new LogReplay("soak");
  await replay.read(storage, ({ change, at, position }) => {
    if (!("key" in change)) return;
    const { key } = change;
    const expiresAt = live.get(key) ?? null;
    const isExpired = expiresAt !== null && expiresAt <= at;
    if (change.type === "put") {
      if (isExpired)
        wrong.push(`${key} was replaced at ${position}, after it expired without an expiration`);
      live.set(key, change.after.expiresAt);
      if (change.after.value !== null)
        values.set(key, [...(values.get(key) ?? []).slice(-1), position]);
    } else if (change.type === "delete") {
      if (isExpired)
        wrong.push(`${key} was deleted at ${position}, after it expired without an expiration`);
      live.delete(key);
    } else if (change.type === "expire") {
      if (!isExpired) wrong.push(`${key} has an expiration at ${position} but had not expired`);
      const left = values.get(key) ?? [];
      if (left.length > 0) wrong.push(`${key} still has a value at ${left[0]} after it expired`);
      live.delete(key);
      expired++;
    }
  });
  for (const [key, expiresAt] of live)
    if (expiresAt !== null && expiresAt <= now) wrong.push(`${key} has no expiration`);
  if (replay.gaps > 0) wrong.push(`${replay.gaps} gaps in the log`);
  return { expired, wrong };
}
