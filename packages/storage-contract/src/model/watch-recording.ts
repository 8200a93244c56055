import { assert } from "vitest";
import type { AgentContext, Cursor, Storage, Watch, WatchChange } from "@syntha/core";
import { type LogPosition, macrotask, toCursor, parseCursor } from "@syntha/core/storage";
import { assertSame, waitFor } from "../harness/index.ts";
import type { ExpectedChange, ModelWatchFilter } from "./expected-change.ts";
import { itemAndState, itemText } from "./item-text.ts";
import { byCodePoint } from "./visibility.ts";

/** One change that a watch emitted. */
export interface ReceivedChange {
  name: string;
  text: string;
  logPosition: LogPosition;
  cursor: Cursor;
  /** What the change does to a reader's copy of the items; null removes the key. */
  effect: { key: string; item: string | null } | undefined;
}

/** A cursor to resume from, and the number of changes received by then. */
export interface Bookmark {
  cursor: Cursor;
  logPosition: LogPosition;
  received: number;
}

/** A watch that is read to the head of the log after each step. */
export class WatchRecording {
  readonly filter: ModelWatchFilter;
  readonly received: ReceivedChange[] = [];
  readonly bookmarks: Bookmark[] = [];
  error: unknown;
  /** Whether it has received everything in its view: from an empty tenant on, or with `initial`. */
  readonly isComplete: boolean;
  /** Number of received changes that were checked, and up to which position of the log. */
  checked = 0;
  checkedTo: number;
  #watch: Watch | undefined;

  /** `head` is the head of the log when the watch starts. */
  constructor(filter: ModelWatchFilter, isComplete: boolean, head: number) {
    this.checkedTo = head;
    this.filter = filter;
    this.isComplete = isComplete;
  }

  start(agent: AgentContext, begin: { initial?: boolean; since?: Cursor }): void {
    const { actor: _, ...selection } = this.filter;
    const watch = agent.watch({ ...begin, ...selection });
    this.#watch = watch;
    void this.#collect(watch);
  }

  /** Waits until the watch has reached the head or failed. */
  async settle(storage: Storage, tenant: string): Promise<void> {
    const { end } = await storage.log(tenant, { after: "end", limit: 1 });
    const head = toCursor(end);
    const isDone = (): boolean => this.error !== undefined || this.#watch?.cursor === head;
    for (let turn = 0; turn < 50 && !isDone(); turn++) await macrotask();
    await waitFor(`a watch reads up to ${head} from ${String(this.#watch?.cursor)}`, isDone);
    await macrotask();
    if (this.error !== undefined) return;
    this.bookmarks.push({ cursor: head, logPosition: end, received: this.received.length });
  }

  async stop(): Promise<void> {
    await this.#watch?.return();
  }

  /** Changes received since the last call. */
  newChanges(): ReceivedChange[] {
    const news = this.received.slice(this.checked);
    this.checked = this.received.length;
    return news;
  }

  async #collect(watch: Watch): Promise<void> {
    try {
      for await (const change of watch) {
        const received = toReceivedChange(change);
        this.received.push(received);
        const { cursor, logPosition } = received;
        this.bookmarks.push({ cursor, logPosition, received: this.received.length });
      }
    } catch (error) {
      this.error = error;
    }
  }
}

function toReceivedChange(change: WatchChange): ReceivedChange {
  const { cursor } = change;
  const logPosition = parseCursor(cursor);
  switch (change.type) {
    case "put": {
      const { item } = change;
      const effect = { key: item.key, item: itemText(item) };
      return {
        name: `put ${item.key}`,
        text: `put ${itemAndState(item)}`,
        logPosition,
        cursor,
        effect,
      };
    }
    case "hide":
    case "delete":
    case "expire": {
      const name = `${change.type} ${change.key}`;
      return { name, text: name, logPosition, cursor, effect: { key: change.key, item: null } };
    }
    case "event": {
      const { id, type, data } = change.event;
      const text = `event ${JSON.stringify([type, JSON.stringify(data)])}`;
      return { name: `event ${id}`, text, logPosition, cursor, effect: undefined };
    }
    case "ready":
      return { name: "ready", text: "ready", logPosition, cursor, effect: undefined };
    case "lagged":
      return {
        name: "lagged",
        text: `lagged ${change.dropped}`,
        logPosition,
        cursor,
        effect: undefined,
      };
    case "corrupt":
      throw change.error;
  }
}

/** Checks that exactly the expected changes were received, once each, at increasing positions. */
export function compareReceived(
  about: string,
  changes: readonly ReceivedChange[],
  expected: ReadonlyMap<number, readonly ExpectedChange[]>,
): void {
  let last: LogPosition | undefined;
  for (const { logPosition, name } of changes) {
    if (last && !isLater(logPosition, last))
      assert.fail(`${about}: "${name}" is not after the change changes before it.`);
    last = logPosition;
  }
  const positions = new Set([
    ...expected.keys(),
    ...changes.map(({ logPosition }) => logPosition.position),
  ]);
  const should: Record<number, string[]> = {};
  const did: Record<number, string[]> = {};
  for (const position of positions) {
    const here = changes.filter(({ logPosition }) => logPosition.position === position);
    const due = expected.get(position) ?? [];
    if (here.length > 0) did[position] = here.map(({ text }) => text).sort();
    if (due.length > 0) should[position] = due.map(({ text }) => text).sort();
  }
  assertSame(about, did, should);
}

export function isLater(a: LogPosition, b: LogPosition): boolean {
  if (a.position !== b.position) return a.position > b.position;
  if ((a.initial ?? false) !== (b.initial ?? false)) return b.initial === true;
  const [x, y] = [a, b].map(({ done }) => (done === "all" ? Number.POSITIVE_INFINITY : done));
  if (x !== y) return (x as number) > (y as number);
  return a.key !== undefined && (b.key === undefined || byCodePoint(a.key, b.key) > 0);
}

/** The items of a reader that applies each change to its copy. */
export function foldReceived(changes: readonly ReceivedChange[]): Map<string, string> {
  const kept = new Map<string, string>();
  for (const { effect } of changes) {
    if (effect?.item) kept.set(effect.key, effect.item);
    else if (effect) kept.delete(effect.key);
  }
  return kept;
}
