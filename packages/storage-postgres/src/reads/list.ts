import {
  compareCodePoints,
  type ItemPage,
  type ItemQuery,
  type ItemRow,
  matches,
  targetsSeenBy,
} from "@syntha/core/storage";
import { call, prepared, type Row, type Statement } from "../connections/statement.ts";
import { ITEM, ITEM_HEAD, toItem, VALUE_AT } from "../tables/item.ts";
import { quoted } from "../tables/quoted.ts";
import type { View } from "./view.ts";

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
  const schema = quoted(schemaName);
  const ofTargets = (columns: string): Statement =>
    prepared(
      `SELECT ${columns} FROM unnest($2::text[]) u(target)
       CROSS JOIN LATERAL (SELECT key FROM ${schema}.edge
         WHERE tenant = $1 AND target = u.target AND key >= $3 ORDER BY key LIMIT $4) e
       CROSS JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = e.key LIMIT 1) i`,
    );
  const ofAll = (columns: string): Statement =>
    prepared(
      `SELECT ${columns} FROM ${schema}.item i WHERE i.tenant = $1 AND i.key >= $2 ORDER BY i.key LIMIT $3`,
    );
  return {
    heads: ofTargets(`${ITEM_HEAD}, u.target`),
    items: ofTargets(`${ITEM}, u.target`),
    allHeads: ofAll(ITEM_HEAD),
    allItems: ofAll(ITEM),
  };
}

/** What was read of the buckets: items in key order, complete up to the edge. */
interface Piece {
  readonly items: readonly ItemRow[];
  /** The last key up to which nothing is missing; undefined when nothing follows at all. */
  readonly edge: string | undefined;
}

/** What a reader sees, in key order: the merged buckets of its targets. */
export async function list(sql: ListSql, view: View, query: ItemQuery): Promise<ItemPage> {
  const { as, prefix, topics, limit } = query;
  const { snapshot } = view;
  // Values are read with the rows where most rows will be given; else for those that are.
  const isPicky =
    query.author !== undefined || query.state !== undefined || query.updatedAfter !== undefined;
  const withValues = !query.withoutValues && !isPicky;
  const targets = targetsSeenBy(as, await subscriptionsOf(view, query), topics);
  const found: ItemRow[] = [];
  let next: string | null = null;
  let size = Math.max(8, Math.ceil((limit + 1) / Math.max(1, targets?.length ?? 1)));
  scan: for (let from: string | undefined = startOf(query); from !== undefined; size *= 2) {
    const { items, edge } = await pieceOf(sql, view, targets, from, size, withValues);
    for (const item of items) {
      if (prefix !== undefined && !item.key.startsWith(prefix)) break scan;
      if (!matches(item, query, snapshot.now)) continue;
      if (found.length === limit) {
        next = (found.at(-1) as ItemRow).key;
        break scan;
      }
      found.push(item);
    }
    from = edge === undefined ? undefined : behind(edge);
  }
  const needValues = !query.withoutValues && !withValues;
  const items = needValues ? await valued(view, found) : found;
  return { ...snapshot, items, next };
}

async function subscriptionsOf(view: View, { as }: ItemQuery): Promise<readonly string[]> {
  if (as === null) return [];
  const { rows } = await view.one(call(view.sql.tie.topicsOf, view.name, as));
  return rows.map(([topic]) => topic as string);
}

async function pieceOf(
  sql: ListSql,
  view: View,
  targets: readonly string[] | undefined,
  from: string,
  size: number,
  withValues: boolean,
): Promise<Piece> {
  const item = (row: Row): ItemRow => (withValues ? toItem(row) : toItem(row, ""));
  if (targets === undefined) {
    const statement = withValues ? sql.allItems : sql.allHeads;
    const { rows } = await view.one(call(statement, view.name, from, size));
    const items = rows.map(item);
    return { items, edge: rows.length < size ? undefined : items.at(-1)?.key };
  }
  const statement = withValues ? sql.items : sql.heads;
  const { rows } = await view.one(call(statement, view.name, targets, from, size));
  const targetAt = withValues ? VALUE_AT + 1 : VALUE_AT;
  const ends = new Map<string, { count: number; last: string }>();
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const [key, target] = [row[0] as string, row[targetAt] as string];
    byKey.set(key, row);
    const end = ends.get(target);
    if (end === undefined) ends.set(target, { count: 1, last: key });
    else {
      end.count++;
      if (compareCodePoints(key, end.last) > 0) end.last = key;
    }
  }
  // A bucket that gave all that was asked may hold more behind its last key.
  const edge = [...ends.values()]
    .filter(({ count }) => count === size)
    .map(({ last }) => last)
    .sort(compareCodePoints)[0];
  const keys = [...byKey.keys()].sort(compareCodePoints);
  const inside = keys.filter((key) => edge === undefined || compareCodePoints(key, edge) <= 0);
  return { items: inside.map((key) => item(byKey.get(key) as Row)), edge };
}

async function valued(view: View, items: readonly ItemRow[]): Promise<readonly ItemRow[]> {
  if (items.length === 0) return items;
  const keys = items.map(({ key }) => key);
  const { rows } = await view.one(call(view.sql.item.valuesOf, view.name, keys));
  const values = new Map(rows as unknown as readonly [string, string][]);
  return items.map((item) => ({ ...item, value: values.get(item.key) as string }));
}

/** The first key to look at. */
function startOf({ after, prefix = "" }: ItemQuery): string {
  if (after === undefined) return prefix;
  const next = behind(after);
  return compareCodePoints(next, prefix) > 0 ? next : prefix;
}

/** The first text behind a key: no name holds NUL, so none lies between. */
function behind(key: string): string {
  return `${key}\u0001`;
}
