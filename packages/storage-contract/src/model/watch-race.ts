import { type AgentContext, type Cursor, isSynthaError, type WatchChange } from "@syntha/core";
import { macrotask, parseCursor } from "@syntha/core/storage";
import { itemText } from "./item-text.ts";
import { isLater } from "./watch-recording.ts";
import { assertSame, times } from "../harness/index.ts";
import { byCodePoint } from "./visibility.ts";
import type { Subject } from "./subject.ts";

const END = "the end";
const TOPICS = ["t", "u"];

/** A random number generator that a seed repeats. */
function seededRandom(seed: number): (sides: number) => number {
  let state = seed * 7_919 + 17;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * sides);
  };
}

/**
 * R12 under concurrent writes and changes of the reader's subscriptions: watches with small buffers, interrupted and resumed
 * at random. The changes of each add up to what its reader sees in the end.
 */
export async function watchRace(subject: Subject, racing: number, writes: number): Promise<void> {
  const reader = (handle: number): AgentContext => subject.agent(0, handle, "reader");
  const followers = [
    ...[0, 1, 2].map((i) => followWatch(reader(i), seededRandom(racing * 100 + i), 1 + i * 3)),
    pollChanges(reader(0), seededRandom(racing * 100 + 3)),
  ];
  const writers = times(racing, (i) =>
    writeRandomly(subject.agent(0, i, `racer ${i}`), seededRandom(writes * 100 + i), writes),
  );
  const turning = toggleSubscriptions(reader(1), seededRandom(racing + writes), writes);
  await Promise.all([...writers, turning]);
  await subject.agent(0, 0, null).push(END, 1, { global: true });
  const seen = (await reader(0).list({ limit: 1_000 })).items.map((item) => itemText(item));
  for (const follower of followers) {
    const kept = [...(await follower)].sort(([a], [b]) => byCodePoint(a, b));
    assertSame(
      "the changes of a watcher, folded",
      kept.map(([, item]) => item),
      seen,
    );
  }
}

async function writeRandomly(
  agent: AgentContext,
  roll: (sides: number) => number,
  writes: number,
): Promise<void> {
  for (let i = 0; i < writes; i++) {
    const key = `key ${roll(6)}`;
    const topics = [TOPICS[roll(2)] as string];
    const routes = [{ topics }, { topics: TOPICS }, { global: true }, { subscribers: ["reader"] }];
    const deed = [
      () => agent.push(key, i, routes[roll(4)]),
      () => agent.push(key, i),
      () => agent.delete(key),
    ][Math.min(roll(4), 2)] as () => Promise<unknown>;
    await deed().catch(ignoreRejection);
    if (roll(3) === 0) await macrotask();
  }
}

async function toggleSubscriptions(
  agent: AgentContext,
  roll: (sides: number) => number,
  times: number,
): Promise<void> {
  for (let i = 0; i < times; i++) {
    const topics = [TOPICS[roll(2)] as string];
    await (roll(2) === 0 ? agent.subscribe(topics) : agent.unsubscribe(topics));
    await macrotask();
  }
}

/** Reads a watch to the end, interrupted at random. */
async function followWatch(
  agent: AgentContext,
  roll: (sides: number) => number,
  buffer: number,
): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  let since: Cursor | undefined;
  for (;;) {
    const watch = agent.watch(since === undefined ? { initial: true, buffer } : { since, buffer });
    const part = 1 + roll(12);
    let isLagging = false;
    for (let taken = 0; taken < part; taken++) {
      if (roll(3) === 0) await macrotask();
      const { value: change } = await watch.next();
      if (change === undefined) throw new Error("The watch ended.");
      if (change.type === "lagged") {
        since = change.cursor;
        isLagging = true;
        break;
      }
      if (since !== undefined)
        assertSame(
          "whether cursors increase",
          isLater(parseCursor(change.cursor), parseCursor(since)),
          true,
        );
      since = change.cursor;
      applyChange(kept, change);
      if (change.type !== "put" || change.item.key !== END) continue;
      await watch.return();
      return kept;
    }
    // Its cursor may be past the last change: beyond changes that it does not emit.
    if (roll(2) === 0 && !isLagging) since = watch.cursor ?? since;
    await watch.return();
  }
}

/** Polls for changes to the end. */
async function pollChanges(
  agent: AgentContext,
  roll: (sides: number) => number,
): Promise<Map<string, string>> {
  let { cursor } = await agent.changes();
  const items = (await agent.list({ limit: 1_000 })).items;
  // The listing is read after the cursor: what was written in between is received twice.
  const kept = new Map(items.map((item) => [item.key, itemText(item)]));
  for (;;) {
    const listing = await agent.changes({ since: cursor, limit: 1 + roll(9) });
    for (const change of listing.changes) {
      assertSame(
        "whether cursors increase",
        isLater(parseCursor(change.cursor), parseCursor(cursor)),
        true,
      );
      cursor = change.cursor;
      applyChange(kept, change);
    }
    ({ cursor } = listing);
    if (kept.has(END) && !listing.more) return kept;
    await macrotask();
  }
}

function applyChange(kept: Map<string, string>, change: WatchChange): void {
  if (change.type === "corrupt") throw change.error;
  if (change.type === "put") kept.set(change.item.key, itemText(change.item));
  else if ("key" in change) kept.delete(change.key);
}

function ignoreRejection(error: unknown): void {
  if (!isSynthaError(error)) throw error;
}
