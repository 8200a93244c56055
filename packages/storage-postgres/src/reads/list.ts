import {
  compareCodePoints,
  type ItemPage,
  type ItemQuery,
  type ItemRow,
  matches,
  bucketsVisibleTo,
} from "@syntha/core/storage";
import {
  type Answer,
  type Call,
  call,
  prepared,
  type Row,
  type Statement,
} from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { ITEM, ITEM_HEAD, toItem, VALUE_AT } from "../tables/items.ts";
import { quotedName } from "../connection/statement.ts";
import { type MergedBuckets, mergeBuckets } from "./bucket-merge.ts";
import type { TenantSnapshot } from "./tenant-snapshot.ts";

export interface ListSql {
  /** Of each target the first items from a key on. Without values and with. */
  readonly heads: Statement;
  readonly items: Statement;
  /** The same of everything there is. */
  readonly allHeads: Statement;
  readonly allItems: Statement;
}

/** The target stands behind the item's columns; the value, when it is given, behind the target. */
export function listSql(schemaName: string): ListSql {
  const schema = quotedName(schemaName);
  const ofTargets = (columns: string): Statement =>
    prepared(
      `SELECT ${columns} FROM unnest($2::text[]) u(bucket)
       CROSS JOIN LATERAL (SELECT key FROM ${schema}.item_audience
         WHERE tenant = $1 AND bucket = u.bucket AND key >= $3 ORDER BY key LIMIT $4) e
       CROSS JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = e.key LIMIT 1) i`,
    );
  const ofAll = (columns: string): Statement =>
    prepared(
      `SELECT ${columns} FROM ${schema}.item i WHERE i.tenant = $1 AND i.key >= $2 ORDER BY i.key LIMIT $3`,
    );
  return {
    heads: ofTargets(`${ITEM_HEAD}, u.bucket`),
    items: ofTargets(`${ITEM}, u.bucket`),
    allHeads: ofAll(ITEM_HEAD),
    allItems: ofAll(ITEM),
  };
}

/** Rows that one statement reads when a listing has to look further for what it wants. */
const MAX_ROWS_WITH_VALUES = 1_000;
const MAX_HEADS = 2_000;

/** What is asked along with the tenant itself. */
export function listCalls(sql: Tables, name: string, { actor }: ItemQuery): Call[] {
  return actor === null ? [] : [call(sql.subscriptions.topicsOf, name, actor)];
}

/** What a reader sees, in key order: the merged buckets of its targets. */
export async function list(
  sql: ListSql,
  view: TenantSnapshot,
  query: ItemQuery,
  [subscriptions]: readonly Answer[],
): Promise<ItemPage> {
  const { actor, prefix, topics, limit } = query;
  const { snapshot } = view;
  // Values are read with the rows where most rows will be given; else for those that are.
  const isPicky =
    query.author !== undefined || query.state !== undefined || query.updatedAfter !== undefined;
  const withValues = !query.withoutValues && !isPicky;
  const subscribed = subscriptions?.rows.map(([topic]) => topic as string) ?? [];
  const targets = bucketsVisibleTo(actor, subscribed, topics);
  const found: ItemRow[] = [];
  let next: string | null = null;
  let size = Math.max(8, Math.ceil((limit + 1) / Math.max(1, targets?.length ?? 1)));
  const most = Math.max(
    1,
    Math.floor((withValues ? MAX_ROWS_WITH_VALUES : MAX_HEADS) / Math.max(1, targets?.length ?? 1)),
  );
  scan: for (let from: string | undefined = startOf(query); from !== undefined;) {
    const { elements, edge } = await read(sql, view, targets, from, size, withValues);
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
    size = Math.min(size * 2, Math.max(size, most));
  }
  const needValues = !query.withoutValues && !withValues;
  const items = needValues ? await withValuesRead(view, found) : found;
  return { ...snapshot, items, next };
}

const byKey = (a: ItemRow, b: ItemRow): number => compareCodePoints(a.key, b.key);

async function read(
  sql: ListSql,
  view: TenantSnapshot,
  targets: readonly string[] | undefined,
  from: string,
  size: number,
  withValues: boolean,
): Promise<MergedBuckets<ItemRow>> {
  const item = (row: Row): ItemRow => (withValues ? toItem(row) : toItem(row, ""));
  const targetAt = withValues ? VALUE_AT + 1 : VALUE_AT;
  const { rows } = await view.one(
    targets === undefined
      ? call(withValues ? sql.allItems : sql.allHeads, view.name, from, size)
      : call(withValues ? sql.items : sql.heads, view.name, targets, from, size),
  );
  const found = rows.map((row) => ({
    bucket: targets === undefined ? "" : (row[targetAt] as string),
    element: item(row),
  }));
  return mergeBuckets(found, size, byKey);
}

async function withValuesRead(
  view: TenantSnapshot,
  items: readonly ItemRow[],
): Promise<readonly ItemRow[]> {
  if (items.length === 0) return items;
  const keys = items.map(({ key }) => key);
  const { rows } = await view.one(call(view.tables.items.valuesOf, view.name, keys));
  const values = new Map(rows as unknown as readonly [string, string][]);
  return items.map((item) => ({ ...item, value: values.get(item.key) as string }));
}

/** The first key to look at. */
function startOf({ after, prefix = "" }: ItemQuery): string {
  if (after === undefined) return prefix;
  const next = nextKey(after);
  return compareCodePoints(next, prefix) > 0 ? next : prefix;
}

/** The first text behind a key: no name holds NUL, so none lies between. */
function nextKey(key: string): string {
  return `${key}\u0001`;
}
