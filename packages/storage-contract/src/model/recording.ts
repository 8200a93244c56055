import { assert } from "vitest";
import type { AgentContext, Cursor, Storage, Watch, WatchChange } from "@syntha/core";
import { type LogPosition, toCursor, parseCursor } from "@syntha/core/storage";
import { until } from "../until.ts";
import type { Expected, ModelLens } from "./feed.ts";
import { itemAndState, itemText } from "./item-text.ts";
import { same } from "./same.ts";
import { byCodePoint } from "./sight.ts";

/** One change as a watch told it. */
export interface Told {
  name: string;
  text: string;
  place: LogPosition;
  cursor: Cursor;
  /** What a reader that keeps what it is told then holds of a key; null: nothing. */
  keeps: { key: string; item: string | null } | undefined;
}

/** A place to go on from, and how much had been told up to it. */
export interface Bookmark {
  cursor: Cursor;
  place: LogPosition;
  told: number;
}

/** A watch that is read to the end of the log after each step. */
export class Recording {
  readonly lens: ModelLens;
  readonly told: Told[] = [];
  readonly bookmarks: Bookmark[] = [];
  error: unknown;
  /** Whether it was told of everything in its view, from nothing or `initial` on. */
  readonly isWhole: boolean;
  /** How much of `told` was checked, and up to which position of the log. */
  checked = 0;
  checkedTo: number;
  #watch: Watch | undefined;

  /** `head` is the log's when it starts. */
  constructor(lens: ModelLens, isWhole: boolean, head: number) {
    this.checkedTo = head;
    this.lens = lens;
    this.isWhole = isWhole;
  }

  start(agent: AgentContext, begin: { initial?: boolean; since?: Cursor }): void {
    const { topics, keys } = this.lens;
    const watch = agent.watch({ ...begin, topics, keys });
    this.#watch = watch;
    void this.#collect(watch);
  }

  /** Waits until the watch has read the whole log, or failed. */
  async settle(storage: Storage, tenant: string): Promise<void> {
    const { end } = await storage.log(tenant, { after: "end", limit: 1 });
    const head = toCursor(end);
    const isDone = (): boolean => this.error !== undefined || this.#watch?.cursor === head;
    for (let turn = 0; turn < 50 && !isDone(); turn++) await macrotask();
    await until(`a watch reads up to ${head} from ${String(this.#watch?.cursor)}`, isDone);
    await macrotask();
    if (this.error !== undefined) return;
    this.bookmarks.push({ cursor: head, place: end, told: this.told.length });
  }

  async stop(): Promise<void> {
    await this.#watch?.return();
  }

  /** What was told since the last look. */
  news(): Told[] {
    const news = this.told.slice(this.checked);
    this.checked = this.told.length;
    return news;
  }

  async #collect(watch: Watch): Promise<void> {
    try {
      for await (const change of watch) {
        const told = toTold(change);
        this.told.push(told);
        const { cursor, place } = told;
        this.bookmarks.push({ cursor, place, told: this.told.length });
      }
    } catch (error) {
      this.error = error;
    }
  }
}

function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

function toTold(change: WatchChange): Told {
  const { cursor } = change;
  const place = parseCursor(cursor);
  switch (change.type) {
    case "put": {
      const { item } = change;
      const keeps = { key: item.key, item: itemText(item) };
      return { name: `put ${item.key}`, text: `put ${itemAndState(item)}`, place, cursor, keeps };
    }
    case "hide":
    case "delete":
    case "expire": {
      const name = `${change.type} ${change.key}`;
      return { name, text: name, place, cursor, keeps: { key: change.key, item: null } };
    }
    case "event": {
      const { id, type, data } = change.event;
      const text = `event ${JSON.stringify([type, JSON.stringify(data)])}`;
      return { name: `event ${id}`, text, place, cursor, keeps: undefined };
    }
    case "ready":
      return { name: "ready", text: "ready", place, cursor, keeps: undefined };
    case "lagged":
      return { name: "lagged", text: `lagged ${change.dropped}`, place, cursor, keeps: undefined };
    case "corrupt":
      throw change.error;
  }
}

/** All of what is expected was told, once each and nothing else, each at a later place than the one before. */
export function compareTold(
  about: string,
  told: readonly Told[],
  expected: ReadonlyMap<number, readonly Expected[]>,
): void {
  let last: LogPosition | undefined;
  for (const { place, name } of told) {
    if (last && !isLater(place, last))
      assert.fail(`${about}: "${name}" stands at no later place than what was told before it.`);
    last = place;
  }
  const positions = new Set([...expected.keys(), ...told.map(({ place }) => place.position)]);
  const should: Record<number, string[]> = {};
  const did: Record<number, string[]> = {};
  for (const position of positions) {
    const here = told.filter(({ place }) => place.position === position);
    const due = expected.get(position) ?? [];
    if (here.length > 0) did[position] = here.map(({ text }) => text).sort();
    if (due.length > 0) should[position] = due.map(({ text }) => text).sort();
  }
  same(about, did, should);
}

export function isLater(a: LogPosition, b: LogPosition): boolean {
  if (a.position !== b.position) return a.position > b.position;
  if ((a.initial ?? false) !== (b.initial ?? false)) return b.initial === true;
  const [x, y] = [a, b].map(({ done }) => (done === "all" ? Number.POSITIVE_INFINITY : done));
  if (x !== y) return (x as number) > (y as number);
  return a.key !== undefined && (b.key === undefined || byCodePoint(a.key, b.key) > 0);
}

/** What a reader holds that keeps each item that it is told of, until it is told otherwise. */
export function fold(told: readonly Told[]): Map<string, string> {
  const kept = new Map<string, string>();
  for (const { keeps } of told) {
    if (keeps?.item) kept.set(keeps.key, keeps.item);
    else if (keeps) kept.delete(keeps.key);
  }
  return kept;
}
