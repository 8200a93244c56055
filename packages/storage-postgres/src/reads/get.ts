import {
  type Actor,
  type Clock,
  isExpired,
  isVisibleWithoutTopics,
  type ItemRow,
  type Snapshot,
} from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { fromFields, type VisibilityColumns } from "../tables/items.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

type GetAnswer = Snapshot & { readonly items: readonly (ItemRow | undefined)[] };

/** Items by key that the actor sees, by a single statement, which is a snapshot without a transaction. */
export async function get(
  connections: Connections,
  tables: Tables,
  tenant: string,
  actor: Actor,
  keys: readonly string[],
  clock: Clock | undefined,
): Promise<GetAnswer> {
  const { getOne, getMany } = tables.items;
  const { rows } = await connections.read(
    tenant,
    keys.length === 1 ? call(getOne, tenant, actor, keys[0]) : call(getMany, tenant, actor, keys),
  );
  const columns = rows.map((row) => JSON.parse(row[0] as string) as VisibilityColumns);
  const [first] = columns;
  if (first === undefined) {
    const time = await connections.read(tenant, call(tables.tenants.clock));
    const now = clock?.() ?? (time.rows[0]?.[0] as number);
    return { ...snapshotOf(emptyTenant(), now), items: keys.map(() => undefined) };
  }
  const [epoch, head, lastNow, serverNow] = first;
  const now = Math.max(clock?.() ?? serverNow, lastNow);
  const items = columns.map((each, at) =>
    visibleItem(each, rows[at]?.[1] as string | null, actor, now),
  );
  return { epoch, head, now, items };
}

/** @param value null if there is no item */
function visibleItem(
  columns: VisibilityColumns,
  value: string | null,
  actor: Actor,
  now: number,
): ItemRow | undefined {
  if (value === null) return undefined;
  const [, , , , isSubscribed, key, ...fields] = columns;
  const item = fromFields(key, fields, value);
  const isVisible = isVisibleWithoutTopics(actor, item) ?? isSubscribed;
  return isVisible && !isExpired(item, now) ? item : undefined;
}
