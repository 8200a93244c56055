import {
  type AudienceBucket,
  bucketsVisibleTo,
  compareCodePoints,
  type ItemPage,
  type ItemQuery,
  type ItemRow,
  type ItemState,
  keyRow,
  matches,
  merge,
  type Snapshot,
  type Source,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import type { ListedItem } from "../tables/item-columns.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

const byKey = (a: ListedItem, b: ListedItem): number => compareCodePoints(a.row.key, b.row.key);

/** Items that an actor can see, in key order. Merges the buckets; reads values only of the items that it returns. */
export function list(tables: Tables, name: string, query: ItemQuery, clock: number): ItemPage {
  const { actor, select = "items" } = query;
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  const subscriptions = actor === null ? [] : tables.subscriptions.of(tenant.id, actor);
  const buckets = bucketsVisibleTo(actor, subscriptions, query) ?? (["all"] as const);
  // Without expired items the indexes decide alone: no item has to be read for its key.
  return select === "keys" && !tables.items.hasExpired(tenant.id, snapshot.now)
    ? listKeys(tables, tenant.id, query, buckets, snapshot)
    : listRows(tables, tenant.id, query, buckets, snapshot);
}

type Bucket = AudienceBucket | "all";

function listKeys(
  { audiences, items }: Tables,
  tenant: number,
  query: ItemQuery,
  buckets: readonly Bucket[],
  snapshot: Snapshot,
): ItemPage {
  const { prefix, limit } = query;
  const start = startOf(query);
  const sources = buckets.map((bucket): Source<string> => (last, most) => {
    const from = last === undefined ? start : keyAfter(last);
    return bucket === "all"
      ? items.keys(tenant, from, most)
      : audiences.keys(tenant, bucket, from, most);
  });
  const rows: ItemRow[] = [];
  for (const key of merge(sources, compareCodePoints, undefined, limit)) {
    if (prefix !== undefined && !key.startsWith(prefix)) break;
    if (rows.length === limit) return { ...snapshot, items: rows, next: rows.at(-1)?.key ?? null };
    rows.push(keyRow(key));
  }
  return { ...snapshot, items: rows, next: null };
}

function listRows(
  tables: Tables,
  tenant: number,
  query: ItemQuery,
  buckets: readonly Bucket[],
  snapshot: Snapshot,
): ItemPage {
  const { prefix, limit, state, select = "items" } = query;
  const listed = select === "items" ? "headers" : select;
  const start = startOf(query);
  const sources = buckets.map((bucket): Source<ListedItem> => (last, most) => {
    const from = last === undefined ? start : keyAfter(last.row.key);
    if (bucket !== "all") return tables.audiences.list(tenant, bucket, from, most, listed);
    return isIndexed(state)
      ? tables.items.listOfState(tenant, state, from, most)
      : tables.items.list(tenant, from, most, listed);
  });
  const items: ItemRow[] = [];
  for (const { id, row } of merge(sources, byKey, undefined, limit)) {
    if (prefix !== undefined && !row.key.startsWith(prefix)) break;
    if (!matches(row, query, snapshot.now)) continue;
    if (items.length === limit) return { ...snapshot, items, next: (items.at(-1) as ItemRow).key };
    items.push(select !== "items" ? row : { ...row, value: tables.items.valueOf(id) });
  }
  return { ...snapshot, items, next: null };
}

/** Whether there is an index of the items in this state. Few items of a large tenant are, compared to the open ones. */
function isIndexed(state: ItemQuery["state"]): state is Exclude<ItemState, "open"> {
  return state !== undefined && state !== "open";
}

/** The first key to read. */
function startOf({ after, prefix = "" }: ItemQuery): string {
  if (after === undefined) return prefix;
  const next = keyAfter(after);
  return compareCodePoints(next, prefix) > 0 ? next : prefix;
}

/** The next text in order: no key contains NUL. */
function keyAfter(key: string): string {
  return `${key}\0`;
}
