import type { LogPosition } from "../log/log-position.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import type { ItemRow } from "../model/item-row.ts";
import { PageSize } from "../storage/page-size.ts";
import type { ItemQuery } from "../storage/query.ts";
import type { Storage } from "../storage/storage.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { matchesFilter, type WatchFilter, type Subscribed } from "./watch-filter.ts";

/** Rows read at once, at most: they carry values, and wait for the reader. */
const ROWS = 100;
const FIRST_ROWS = 32;

/** The view of one watch as it was after the commit at `position`. */
export interface WatchView {
  /** Asks the storage, again and again while it can't be reached. */
  readonly ask: <T>(question: (storage: Storage, tenant: string) => Promise<T>) => Promise<T>;
  readonly filter: WatchFilter;
  readonly position: number;
}

/**
 * What was in view at the position and still is, in key order. What was written since is left out: its own log entry
 * gives it.
 */
export async function* visibleAt(
  view: WatchView,
  then: Subscribed,
  after: string | undefined,
): AsyncGenerator<[ItemRow, number]> {
  const { filter } = view;
  const rows =
    filter.keys === undefined
      ? listed(view, {
          actor: filter.actor,
          topics: filter.topics && [...filter.topics],
          after,
          limit: ROWS,
        })
      : named(view, filter.keys, after);
  for await (const [row, now] of rows) {
    if (row.revision <= view.position && matchesFilter(filter, row.key, row, then))
      yield [row, now];
  }
}

/** What the reader's subscribing brought into view, in key order. */
export async function* itemsEnteringView(
  view: WatchView,
  topics: readonly string[],
  before: Subscribed,
  after: Subscribed,
  from: string | undefined,
): AsyncGenerator<[ItemRow, number]> {
  const { filter, position } = view;
  for await (const [row, now] of listed(view, {
    actor: filter.actor,
    topics,
    after: from,
    limit: ROWS,
  })) {
    if (row.revision > position || matchesFilter(filter, row.key, row, before)) continue;
    if (matchesFilter(filter, row.key, row, after)) yield [row, now];
  }
}

/**
 * Keys that the reader's unsubscribing took out of view, sorted: those of items that are as they were then, and those
 * of items that were changed or removed since, as the log tells.
 */
export async function keysLeavingView(
  view: WatchView,
  place: LogPosition,
  topics: readonly string[],
  before: Subscribed,
  after: Subscribed,
): Promise<readonly string[]> {
  const { filter, position } = view;
  const keys = new Set<string>();
  for await (const [row] of listed(view, {
    actor: null,
    topics,
    limit: MAX_PAGE,
    withoutValues: true,
    // What expired before it went out of view was never reported as gone: its sweep will not be visible any more.
    withExpired: true,
  })) {
    if (row.revision > position || !matchesFilter(filter, row.key, row, before)) continue;
    if (!matchesFilter(filter, row.key, row, after)) keys.add(row.key);
  }
  // The rows first, the log second: what changes between the two is found in the log.
  for (let from: LogPosition = { ...place, done: "all" }; ;) {
    const query = { after: from, limit: MAX_PAGE };
    const page = await view.ask((storage, tenant) => storage.log(tenant, query));
    for (const { change } of page.entries) {
      if (!("before" in change) || change.before === null || change.before.revision > position)
        continue;
      if (!matchesFilter(filter, change.key, change.before, before)) continue;
      if (!matchesFilter(filter, change.key, change.before, after)) keys.add(change.key);
    }
    if (page.isHead) break;
    from = page.end;
  }
  return [...keys].sort(compareCodePoints);
}

async function* listed({ ask }: WatchView, query: ItemQuery): AsyncGenerator<[ItemRow, number]> {
  const size = new PageSize(FIRST_ROWS, query.limit);
  for (let { after } = query; ;) {
    const limit = query.withoutValues ? query.limit : size.limit;
    const from = { ...query, after, limit };
    const { items, now, next } = await ask((storage, tenant) => storage.list(tenant, from));
    size.noteItems(items);
    for (const row of items) yield [row, now];
    if (next === null) return;
    after = next;
  }
}

async function* named(
  { ask, filter }: WatchView,
  keys: Iterable<string>,
  after: string | undefined,
): AsyncGenerator<[ItemRow, number]> {
  const sorted = [...keys].sort(compareCodePoints);
  for (const key of sorted) {
    if (after !== undefined && compareCodePoints(key, after) <= 0) continue;
    const { items, now } = await ask((storage, tenant) => storage.get(tenant, filter.actor, [key]));
    if (items[0] !== undefined) yield [items[0], now];
  }
}
