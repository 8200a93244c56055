import {
  type Clock,
  isExpired,
  type ItemRow,
  type Actor,
  isVisibleWithoutTopics,
  type Snapshot,
} from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import { call, prepared } from "../connection/statement.ts";
import { fromFields, ITEM_FIELDS, type ItemFields } from "../tables/items.ts";
import { quotedName } from "../connection/statement.ts";
import { CLOCK, completeTenants, emptyTenant, snapshotOf } from "../tables/tenants.ts";

export type GetAnswer = Snapshot & { readonly items: readonly (ItemRow | undefined)[] };

/** All but the value as one column: each costs its reader more than what stands in it. */
type Head = [
  epoch: string,
  head: number,
  now: number,
  clock: number,
  isSubscribed: boolean,
  key: string,
  ...fields: ItemFields,
];

/** Items by key, as far as their reader sees them: all that an answer rests on in one statement, and so in one snapshot. */
export class Get {
  readonly #connections: Connections;
  readonly #clock: Clock | undefined;
  readonly #one;
  readonly #many;
  readonly #time;

  constructor(connections: Connections, schemaName: string, clock: Clock | undefined) {
    this.#connections = connections;
    this.#clock = clock;
    const schema = quotedName(schemaName);
    const complete = completeTenants(schema);
    const columns = `json_build_array(t.epoch, t.head, t.now, ${CLOCK},
      EXISTS (SELECT 1 FROM ${schema}.subscription s
        WHERE s.tenant = $1 AND s.agent = $2 AND s.topic = ANY(i.topics)), i.key, ${ITEM_FIELDS})::text, i.value`;
    this.#one = prepared(
      `SELECT ${columns} FROM ${complete}
       LEFT JOIN ${schema}.item i ON i.tenant = $1 AND i.key = $3 WHERE t.name = $1`,
    );
    this.#many = prepared(
      `SELECT ${columns} FROM ${complete}
       CROSS JOIN unnest($3::text[]) WITH ORDINALITY k(key, at)
       LEFT JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = k.key LIMIT 1) i ON true
       WHERE t.name = $1 ORDER BY k.at`,
    );
    this.#time = prepared(`SELECT ${CLOCK}`);
  }

  async read(tenant: string, as: Actor, keys: readonly string[]): Promise<GetAnswer> {
    const read =
      keys.length === 1 ? call(this.#one, tenant, as, keys[0]) : call(this.#many, tenant, as, keys);
    const { rows } = await this.#connections.read(tenant, read);
    const heads = rows.map((row) => JSON.parse(row[0] as string) as Head);
    const [first] = heads;
    if (first === undefined) {
      const { rows: time } = await this.#connections.read(tenant, call(this.#time));
      const snapshot = snapshotOf(emptyTenant(), this.#clock?.() ?? (time[0]?.[0] as number));
      return { ...snapshot, items: keys.map(() => undefined) };
    }
    const [epoch, head, recorded, servers] = first;
    const now = Math.max(this.#clock?.() ?? servers, recorded);
    const items = heads.map((each, at) =>
      visibleItem(each, rows[at]?.[1] as string | null, as, now),
    );
    return { epoch, head, now, items };
  }
}

/** The item of a row, if there is one that the reader sees. */
function visibleItem(
  head: Head,
  value: string | null,
  as: Actor,
  now: number,
): ItemRow | undefined {
  if (value === null) return undefined;
  const [, , , , isSubscribed, key, ...fields] = head;
  const item = fromFields(key, fields, value);
  return !isExpired(item, now) && (isVisibleWithoutTopics(as, item) ?? isSubscribed)
    ? item
    : undefined;
}
