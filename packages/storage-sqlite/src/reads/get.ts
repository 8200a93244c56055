import {
  isExpired,
  type ItemRow,
  type Reader,
  sees,
  seesAnyway,
  type Snapshot,
} from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Query, query } from "../statement.ts";
import type { Tables } from "../tables/index.ts";
import { ITEM, toItem, VALUE_AT } from "../tables/item-columns.ts";
import { noTenant, snapshotOf } from "../tables/tenants.ts";
import type { Transactions } from "../transaction.ts";

export type GetAnswer = Snapshot & { readonly items: readonly (ItemRow | undefined)[] };

type SnapshotColumns = [epoch: string, head: number, now: number, id: number];
const AT = 4;

/** Items by key, as far as their reader sees them. */
export class Get {
  readonly #tables: Tables;
  readonly #transactions: Transactions;
  /** The tenant and the item at once: most answers need no second look. */
  readonly #one: Query;
  /** Whether the tenant still stands where it stood, and whether the reader is subscribed. */
  readonly #subscribed: Query<[epoch: string, head: number, subscribed: number | null]>;

  constructor(database: Database, tables: Tables, transactions: Transactions) {
    this.#tables = tables;
    this.#transactions = transactions;
    this.#one = query(
      database,
      `SELECT t.epoch, t.head, t.now, t.id, ${ITEM} FROM syntha_tenant t
       LEFT JOIN syntha_item i ON i.tenant = t.id AND i.key = ? WHERE t.name = ?`,
    );
    this.#subscribed = query(
      database,
      `SELECT t.epoch, t.head, s.from_position FROM syntha_tenant t
       LEFT JOIN syntha_subscription s ON s.tenant = t.id AND s.agent = ? AND s.topic = ? WHERE t.name = ?`,
    );
  }

  read(tenant: string, as: Reader, keys: readonly string[], clock: number): GetAnswer {
    if (keys.length === 1) {
      const answer = this.#readOne(tenant, as, keys[0] as string, clock);
      if (answer !== undefined) return answer;
    }
    return this.#transactions.read(() => this.#readAll(tenant, as, keys, clock));
  }

  /** Undefined when another process came between two looks. */
  #readOne(name: string, as: Reader, key: string, clock: number): GetAnswer | undefined {
    const row = this.#one.get(key, name);
    if (row === undefined) return { ...snapshotOf(noTenant(), clock), items: [undefined] };
    const [epoch, head, recorded] = row as unknown as SnapshotColumns;
    const now = clock > recorded ? clock : recorded;
    if (row[AT] === null) return { epoch, head, now, items: [undefined] };
    const item = toItem(row, row[AT + VALUE_AT] as string, AT);
    if (isExpired(item, now)) return { epoch, head, now, items: [undefined] };
    let seen = seesAnyway(as, item);
    for (const topic of seen === undefined ? item.topics : []) {
      const found = this.#subscribed.get(as, topic, name);
      if (found?.[0] !== epoch || found[1] !== head) return undefined;
      seen = found[2] !== null;
      if (seen) break;
    }
    return { epoch, head, now, items: [seen === true ? item : undefined] };
  }

  #readAll(name: string, as: Reader, keys: readonly string[], clock: number): GetAnswer {
    const { tenants, items, subscriptions } = this.#tables;
    const tenant = tenants.find(name) ?? noTenant();
    const snapshot = snapshotOf(tenant, clock);
    const known = new Map<string, boolean>();
    const isSubscribed = (topic: string): boolean => {
      let found = known.get(topic);
      if (found === undefined)
        known.set(topic, (found = subscriptions.has(tenant.id, as as string, topic)));
      return found;
    };
    const rows = keys.map((key) => {
      const row = items.find(tenant.id, key);
      const isThere = row !== undefined && !isExpired(row, snapshot.now);
      return isThere && sees(as, row, isSubscribed) ? row : undefined;
    });
    return { ...snapshot, items: rows };
  }
}
