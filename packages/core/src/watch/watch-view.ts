import type { LogPosition } from "../log/log-position.ts";
import type { ItemRow } from "../model/item-row.ts";
import { PageSize } from "../storage/page-size.ts";
import type { ItemQuery } from "../storage/query.ts";
import type { Storage } from "../storage/storage.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import type { CommitSubscriptions, Subscribed } from "./commit-subscriptions.ts";
import { matchesItem, type WatchFilter } from "./watch-filter.ts";

/** Rows of one page: they have values, and wait for the watch's reader. */
const MAX_ROWS = 100;
const FIRST_ROWS = 32;

/** A watch's view after the commit at `position`. */
export interface WatchView {
  readonly read: <T>(query: (storage: Storage, tenantId: string) => Promise<T>) => Promise<T>;
  readonly filter: WatchFilter;
  readonly position: number;
}

type TimedRow = [row: ItemRow, now: number];

/**
 * Items that were in view at the position and still are, in key order. An item that was written since is left out: its
 * log entry shows it.
 */
export async function* visibleAt(
  view: WatchView,
  subscribed: Subscribed,
  afterKey: string | undefined,
): AsyncGenerator<TimedRow> {
  const { filter, position } = view;
  const { actor, topics, keys, prefix } = filter;
  const query = { actor, topics: topics && [...topics], prefix, after: afterKey, limit: MAX_ROWS };
  const rows = keys === undefined ? listed(view, query) : named(view, keys, afterKey);
  for await (const [row, now] of rows) {
    if (row.revision <= position && matchesItem(filter, row.key, row, subscribed)) yield [row, now];
  }
}

/** Items that a subscription at the position brought into view, in key order. */
export async function* itemsEnteringView(
  view: WatchView,
  topics: readonly string[],
  { before, after }: CommitSubscriptions,
  afterKey: string | undefined,
): AsyncGenerator<TimedRow> {
  const { filter, position } = view;
  const { actor, prefix } = filter;
  const query = { actor, topics, prefix, after: afterKey, limit: MAX_ROWS };
  for await (const [row, now] of listed(view, query)) {
    if (row.revision > position || matchesItem(filter, row.key, row, before)) continue;
    if (matchesItem(filter, row.key, row, after)) yield [row, now];
  }
}

/**
 * Keys of items that the end of a subscription took out of view, sorted: of items that are unchanged since, and, from the
 * log, of those that were changed or removed.
 */
export async function keysLeavingView(
  view: WatchView,
  from: LogPosition,
  topics: readonly string[],
  { before, after }: CommitSubscriptions,
): Promise<readonly string[]> {
  const { filter, position } = view;
  const keys = new Set<string>();
  const query = {
    actor: null,
    topics,
    prefix: filter.prefix,
    limit: MAX_PAGE,
    select: "headers" as const,
    // An item that expired before it left the view was not reported: its sweep is no longer visible.
    withExpired: true,
  };
  for await (const [row] of listed(view, query)) {
    if (row.revision > position || !matchesItem(filter, row.key, row, before)) continue;
    if (!matchesItem(filter, row.key, row, after)) keys.add(row.key);
  }
  // Rows first, the log second: what changes between the two reads is in the log.
  for (let start: LogPosition = { ...from, done: "all" }; ;) {
    const page = await view.read((storage, tenantId) =>
      storage.log(tenantId, { after: start, limit: MAX_PAGE }),
    );
    for (const { change } of page.entries) {
      if (!("before" in change) || change.before === null || change.before.revision > position)
        continue;
      if (!matchesItem(filter, change.key, change.before, before)) continue;
      if (!matchesItem(filter, change.key, change.before, after)) keys.add(change.key);
    }
    if (page.isHead) return [...keys].sort(compareCodePoints);
    start = page.end;
  }
}

async function* listed(view: WatchView, query: ItemQuery): AsyncGenerator<TimedRow> {
  if (!view.filter.hasItems) return;
  const size = new PageSize(FIRST_ROWS, query.limit);
  for (let { after } = query; ;) {
    const limit = query.select === "headers" ? query.limit : size.limit;
    const page = { ...query, after, limit };
    const { items, now, next } = await view.read((storage, tenantId) =>
      storage.list(tenantId, page),
    );
    size.noteItems(items);
    for (const row of items) yield [row, now];
    if (next === null) return;
    after = next;
  }
}

async function* named(
  { read, filter }: WatchView,
  keys: Iterable<string>,
  afterKey: string | undefined,
): AsyncGenerator<TimedRow> {
  for (const key of [...keys].sort(compareCodePoints)) {
    if (afterKey !== undefined && compareCodePoints(key, afterKey) <= 0) continue;
    const { items, now } = await read((storage, tenantId) =>
      storage.get(tenantId, filter.actor, [key]),
    );
    if (items[0] !== undefined) yield [items[0], now];
  }
}
