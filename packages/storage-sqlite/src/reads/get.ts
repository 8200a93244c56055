import {
  isExpired,
  type ItemRow,
  type Actor,
  isVisible,
  isVisibleWithoutTopics,
  type Snapshot,
} from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Query, query, type Row } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { ITEM, toItem, VALUE_AT } from "../tables/item-columns.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";
import type { Transactions } from "../connection/transaction.ts";

export type GetAnswer = Snapshot & { readonly items: readonly (ItemRow | undefined)[] };

type SnapshotColumns = [
  epoch: string,
  head: number,
  now: number,
  subscribed: 0 | 1,
  tenant: number,
];
const AT = 5;

/** Items by key, as far as their reader sees them. */
export class Get {
  readonly #database: Database;
  readonly #isOurs: boolean;
  readonly #tables: Tables;
  readonly #transactions: Transactions;
  readonly #one: Query;

  constructor(database: Database, isOurs: boolean, tables: Tables, transactions: Transactions) {
    this.#database = database;
    this.#isOurs = isOurs;
    this.#tables = tables;
    this.#transactions = transactions;
    // All that one answer rests on in one statement, and so in one snapshot without a transaction around it.
    this.#one = query(
      database,
      `SELECT t.epoch, t.head, t.now,
         EXISTS (SELECT 1 FROM json_each(i.route, '$[0]') j CROSS JOIN syntha_subscription s
           ON s.tenant = t.id AND s.agent = ? AND s.topic = j.value),
         t.id, ${ITEM}
       FROM syntha_tenant t LEFT JOIN syntha_item i ON i.tenant = t.id AND i.key = ? WHERE t.name = ? AND t.loading IS NULL`,
    );
  }

  read(tenant: string, as: Actor, keys: readonly string[], clock: number): GetAnswer {
    return keys.length === 1 && !this.#isUsersTransaction()
      ? this.#readOne(tenant, as, keys[0] as string, clock)
      : this.#transactions.read(() => this.#readAll(tenant, as, keys, clock));
  }

  /** A statement of its own would join it, and answer from its old snapshot; a transaction is refused as busy. */
  #isUsersTransaction(): boolean {
    return !this.#isOurs && this.#database.inTransaction;
  }

  #readOne(name: string, as: Actor, key: string, clock: number): GetAnswer {
    const row = this.#row(as, key, name);
    if (row === "damaged")
      return this.#transactions.read(() => this.#readAll(name, as, [key], clock));
    if (row === undefined) return { ...snapshotOf(emptyTenant(), clock), items: [undefined] };
    const [epoch, head, recorded, subscribed, tenant] = row as unknown as SnapshotColumns;
    const now = clock > recorded ? clock : recorded;
    if (row[AT] === null) return { epoch, head, now, items: [undefined] };
    const item = toItem(row, row[AT + VALUE_AT] as string, this.#tables.routes, tenant, AT);
    const isSeen = !isExpired(item, now) && (isVisibleWithoutTopics(as, item) ?? subscribed === 1);
    return { epoch, head, now, items: [isSeen ? item : undefined] };
  }

  /** A route that is no JSON fails in the statement itself. */
  #row(as: Actor, key: string, name: string): Row | undefined | "damaged" {
    try {
      return this.#one.get(as, key, name);
    } catch (error) {
      if (error instanceof Error && error.message === "malformed JSON") return "damaged";
      throw error;
    }
  }

  #readAll(name: string, as: Actor, keys: readonly string[], clock: number): GetAnswer {
    const { tenants, items, subscriptions } = this.#tables;
    const tenant = tenants.find(name) ?? emptyTenant();
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
      return isThere && isVisible(as, row, isSubscribed) ? row : undefined;
    });
    return { ...snapshot, items: rows };
  }
}
