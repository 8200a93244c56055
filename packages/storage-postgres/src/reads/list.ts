import {
  bucketsVisibleTo,
  compareCodePoints,
  type ItemPage,
  type ItemQuery,
  type ItemRow,
  keyRow,
  matches,
  merge,
} from "@syntha/core/storage";
import { type Answer, type Call, call, type Row } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { toItem, toKeyRow, toTopicRow, VALUE_AT } from "../tables/items.ts";
import { mergeBuckets, type MergedBuckets } from "./bucket-merge.ts";
import type { TenantView } from "./tenant-view.ts";

/** The most rows that one statement reads while a page is not full. */
const MAX_ROWS_WITH_VALUES = 1_000;
const MAX_HEADS = 2_000;

/** The calls that are sent with the tenant's own. */
export function listCalls(tables: Tables, name: string, { actor, select }: ItemQuery): Call[] {
  const calls = select === "keys" ? [call(tables.items.nextExpiry, name)] : [];
  return actor === null ? calls : [call(tables.subscriptions.topicsOf, name, actor), ...calls];
}

/** The items that the actor sees, in key order: the actor's audience buckets, merged. */
export async function list(
  view: TenantView,
  query: ItemQuery,
  answers: readonly Answer[],
): Promise<ItemPage> {
  const { actor, select } = query;
  const subscriptions = actor === null ? [] : (answers[0]?.rows ?? []);
  const subscribed = subscriptions.map(([topic]) => topic as string);
  const buckets = bucketsVisibleTo(actor, subscribed, query);
  if (select !== "keys") return listRows(view, query, buckets);
  const nextExpiry = answers.at(-1)?.rows[0]?.[0];
  // Without expired items the indexes decide alone: no item has to be read for its key.
  const hasExpired = nextExpiry !== undefined && Number(nextExpiry) <= view.snapshot.now;
  return hasExpired ? listRows(view, query, buckets) : listKeys(view, query, buckets);
}

async function listKeys(
  view: TenantView,
  query: ItemQuery,
  visible: readonly string[] | undefined,
): Promise<ItemPage> {
  const { prefix = "", limit } = query;
  const items: ItemRow[] = [];
  let buckets = visible;
  for (let from: string | undefined = startOf(query); from !== undefined;) {
    const size = Math.max(8, shareOf(limit + 1 - items.length, buckets));
    const lists = await readKeys(view, buckets, from, size);
    // All are complete up to the end of the shortest that may go on.
    const edge = lists
      .flatMap(({ keys }) => (keys.length === size ? [keys.at(-1) as string] : []))
      .toSorted(compareCodePoints)[0];
    const sources = lists.map(
      ({ keys }) =>
        (after: string | undefined) =>
          after === undefined ? keys : [],
    );
    for (const key of merge(sources, compareCodePoints, undefined, size)) {
      if (edge !== undefined && compareCodePoints(key, edge) > 0) break;
      if (!key.startsWith(prefix)) return { ...view.snapshot, items, next: null };
      if (items.length === limit)
        return { ...view.snapshot, items, next: (items.at(-1) as ItemRow).key };
      items.push(keyRow(key));
    }
    if (edge === undefined) break;
    const open = lists.filter(
      ({ keys }) => keys.length === size || compareCodePoints(keys.at(-1) ?? "", edge) > 0,
    );
    buckets &&= open.map(({ bucket }) => bucket);
    from = nextKey(edge);
  }
  return { ...view.snapshot, items, next: null };
}

interface BucketKeys {
  readonly bucket: string;
  readonly keys: readonly string[];
}

/** The first keys of each bucket, or of all items. */
async function readKeys(
  view: TenantView,
  buckets: readonly string[] | undefined,
  from: string,
  size: number,
): Promise<readonly BucketKeys[]> {
  const { items, audiences } = view.tables;
  const { rows } = await view.one(
    buckets === undefined
      ? call(items.indexedKeysFrom, view.name, from, size)
      : call(audiences.indexedKeysFrom, view.name, buckets, from, size),
  );
  return rows.map(([keys, bucket]) => ({
    bucket: bucket as string,
    keys: JSON.parse(keys as string) as string[],
  }));
}

async function listRows(
  view: TenantView,
  query: ItemQuery,
  visible: readonly string[] | undefined,
): Promise<ItemPage> {
  const { prefix, limit, select = "items" } = query;
  const { snapshot } = view;
  // Values are read with the rows if most rows will be returned, otherwise afterwards for those that are.
  const isSelective =
    query.subscribers !== undefined ||
    query.author !== undefined ||
    query.state !== undefined ||
    query.updatedAfter !== undefined;
  const columns = select === "items" && isSelective ? "headers" : select;
  let buckets = visible;
  // Few items of a large tenant are claimed, done or failed: an index has them.
  const isOfState = buckets === undefined && (query.state ?? "open") !== "open";
  const found: ItemRow[] = [];
  let next: string | null = null;
  const maxRows = columns === "items" ? MAX_ROWS_WITH_VALUES : MAX_HEADS;
  let size = Math.max(8, shareOf(Math.min(limit + 1, maxRows), buckets));
  scan: for (let from: string | undefined = startOf(query); from !== undefined;) {
    const { elements, edge, open }: MergedBuckets<ItemRow> = isOfState
      ? await readOfState(view, query.state as string, from, size)
      : await read(view, buckets, from, size, columns);
    for (const item of elements) {
      if (prefix !== undefined && !item.key.startsWith(prefix)) break scan;
      if (!matches(item, query, snapshot.now)) continue;
      if (found.length === limit) {
        next = (found.at(-1) as ItemRow).key;
        break scan;
      }
      found.push(item);
    }
    from = edge === undefined ? undefined : nextKey(edge.key);
    // What is missing is read from those buckets that have more.
    if (buckets !== undefined) buckets = open;
    const maxSize = Math.max(size, Math.floor(maxRows / (buckets?.length ?? 1)));
    size = Math.min(Math.max(size * 2, shareOf(limit + 1 - found.length, buckets)), maxSize);
  }
  const items = columns === select ? found : await readValues(view, found);
  return { ...snapshot, items, next };
}

/** The rows to read of each bucket for this many of all. */
function shareOf(rows: number, buckets: readonly string[] | undefined): number {
  return Math.ceil(rows / Math.max(1, buckets?.length ?? 1));
}

const byKey = (a: ItemRow, b: ItemRow): number => compareCodePoints(a.key, b.key);

/** The statement for each selection of columns. */
const STATEMENTS = {
  items: "itemsFrom",
  headers: "headsFrom",
  topics: "topicsFrom",
  keys: "keysFrom",
} as const;

function toRow(row: Row, columns: keyof typeof STATEMENTS): ItemRow {
  switch (columns) {
    case "keys":
      return toKeyRow(row);
    case "topics":
      return toTopicRow(row);
    case "headers":
      return toItem(row, "");
    case "items":
      return toItem(row);
  }
}

async function read(
  view: TenantView,
  buckets: readonly string[] | undefined,
  from: string,
  size: number,
  columns: keyof typeof STATEMENTS,
): Promise<MergedBuckets<ItemRow>> {
  const table = buckets === undefined ? view.tables.items : view.tables.audiences;
  const bucketAt = columns === "items" ? VALUE_AT + 1 : VALUE_AT;
  const bucketList = buckets === undefined ? [] : [buckets];
  const { rows } = await view.one(
    call(table[STATEMENTS[columns]], view.name, ...bucketList, from, size),
  );
  const found = rows.map((row) => ({
    bucket: buckets === undefined ? "" : (row[bucketAt] as string),
    element: toRow(row, columns),
  }));
  return mergeBuckets(found, size, byKey);
}

/** The heads of items in a state other than "open". */
async function readOfState(
  view: TenantView,
  state: string,
  from: string,
  size: number,
): Promise<MergedBuckets<ItemRow>> {
  const { claimedFrom, closedFrom } = view.tables.items;
  const { rows } = await view.one(
    state === "claimed"
      ? call(claimedFrom, view.name, from, size)
      : call(closedFrom, view.name, from, size, state),
  );
  const found = rows.map((row) => ({ bucket: "", element: toItem(row, "") }));
  return mergeBuckets(found, size, byKey);
}

async function readValues(
  view: TenantView,
  items: readonly ItemRow[],
): Promise<readonly ItemRow[]> {
  if (items.length === 0) return items;
  const keys = items.map(({ key }) => key);
  const { rows } = await view.one(call(view.tables.items.valuesOf, view.name, keys));
  const values = new Map(rows as unknown as readonly [string, string][]);
  return items.map((item) => ({ ...item, value: values.get(item.key) as string }));
}

/** The first key that may be listed. */
function startOf({ after, prefix = "" }: ItemQuery): string {
  if (after === undefined) return prefix;
  const next = nextKey(after);
  return compareCodePoints(next, prefix) > 0 ? next : prefix;
}

/** The smallest text after a key: keys contain no NUL, so none is in between. */
function nextKey(key: string): string {
  return `${key}\u0001`;
}
