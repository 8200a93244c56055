import {
  compareCodePoints,
  type ItemPage,
  type ItemQuery,
  type ItemRow,
  type ItemState,
  matches,
  merge,
  type Source,
  bucketsVisibleTo,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import type { ListedItem } from "../tables/item-columns.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

const byKey = (a: ListedItem, b: ListedItem): number => compareCodePoints(a.row.key, b.row.key);

/** Items that an actor can see, in key order. Merges the buckets; reads values only of the items that it returns. */
export function list(tables: Tables, name: string, query: ItemQuery, clock: number): ItemPage {
  const { actor, prefix, limit, state, select = "items" } = query;
  const listed = select === "items" ? "headers" : select;
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  const subscriptions = actor === null ? [] : tables.subscriptions.of(tenant.id, actor);
  const start = startOf(query);
  const buckets = bucketsVisibleTo(actor, subscriptions, query) ?? (["all"] as const);
  const sources = buckets.map((bucket): Source<ListedItem> => (last, most) => {
    const from = last === undefined ? start : keyAfter(last.row.key);
    if (bucket !== "all") return tables.audiences.list(tenant.id, bucket, from, most, listed);
    return isIndexed(state)
      ? tables.items.listOfState(tenant.id, state, from, most)
      : tables.items.list(tenant.id, from, most, listed);
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
