import {
  isExpired,
  type ItemRow,
  type Actor,
  isVisible,
  isVisibleWithoutTopics,
  type Snapshot,
} from "@syntha/core/storage";
import {
  type Query,
  query,
  type Row,
  type SqlDatabase,
  type SqlTransactions,
} from "../sql/database.ts";
import type { Tables } from "../tables/index.ts";
import { ITEM, toItem } from "../tables/item-columns.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

export type GetResult = Snapshot & { readonly items: readonly (ItemRow | undefined)[] };

type SnapshotColumns = [
  epoch: string,
  head: number,
  now: number,
  subscribed: 0 | 1,
  tenant: number,
];
const ITEM_AT = 5;

/** Reads items by key that an actor can see. */
export class Get {
  readonly #tables: Tables;
  readonly #transactions: SqlTransactions;
  readonly #isInOtherTransaction: () => boolean;
  readonly #one: Query;

  /**
   * @param isInOtherTransaction Whether the database is in a transaction that is not of these ones. A statement outside a
   * transaction would join it, and read its old snapshot; BEGIN fails as busy instead.
   */
  constructor(
    database: SqlDatabase,
    tables: Tables,
    transactions: SqlTransactions,
    isInOtherTransaction: () => boolean,
  ) {
    this.#tables = tables;
    this.#transactions = transactions;
    this.#isInOtherTransaction = isInOtherTransaction;
    // One statement reads one snapshot, so it needs no transaction.
    this.#one = query(
      database,
      `SELECT t.epoch, t.head, t.now,
         EXISTS (SELECT 1 FROM json_each(i.route, '$[0]') j CROSS JOIN syntha_subscription s
           ON s.tenant = t.id AND s.agent = ? AND s.topic = j.value),
         t.id, ${ITEM}
       FROM syntha_tenant t LEFT JOIN syntha_item i ON i.tenant = t.id AND i.key = ? WHERE t.name = ? AND t.loading IS NULL`,
    );
  }

  read(tenant: string, actor: Actor, keys: readonly string[], clock: number): GetResult {
    return keys.length === 1 && !this.#isInOtherTransaction()
      ? this.#readOne(tenant, actor, keys[0] as string, clock)
      : this.#transactions.read(() => this.#readAll(tenant, actor, keys, clock));
  }

  #readOne(name: string, actor: Actor, key: string, clock: number): GetResult {
    const row = this.#row(actor, key, name);
    if (row === "damaged")
      return this.#transactions.read(() => this.#readAll(name, actor, [key], clock));
    if (row === undefined) return { ...snapshotOf(emptyTenant(), clock), items: [undefined] };
    const [epoch, head, recorded, subscribed, tenant] = row as unknown as SnapshotColumns;
    const now = clock > recorded ? clock : recorded;
    if (row[ITEM_AT] === null) return { epoch, head, now, items: [undefined] };
    const item = toItem(row, this.#tables.routes, tenant, ITEM_AT);
    const isShown =
      !isExpired(item, now) && (isVisibleWithoutTopics(actor, item) ?? subscribed === 1);
    return { epoch, head, now, items: [isShown ? item : undefined] };
  }

  /** The statement itself fails for a route that is not valid JSON. */
  #row(actor: Actor, key: string, name: string): Row | undefined | "damaged" {
    try {
      return this.#one.get(actor, key, name);
    } catch (error) {
      // Some hosts of SQLite append its code.
      if (error instanceof Error && error.message.startsWith("malformed JSON")) return "damaged";
      throw error;
    }
  }

  #readAll(name: string, actor: Actor, keys: readonly string[], clock: number): GetResult {
    const { tenants, items, subscriptions } = this.#tables;
    const tenant = tenants.find(name) ?? emptyTenant();
    const snapshot = snapshotOf(tenant, clock);
    const isSubscribedTo = new Map<string, boolean>();
    const isSubscribed = (topic: string): boolean => {
      let found = isSubscribedTo.get(topic);
      if (found === undefined)
        isSubscribedTo.set(topic, (found = subscriptions.has(tenant.id, actor as string, topic)));
      return found;
    };
    const rows = keys.map((key) => {
      const row = items.find(tenant.id, key);
      const isLive = row !== undefined && !isExpired(row, snapshot.now);
      return isLive && isVisible(actor, row, isSubscribed) ? row : undefined;
    });
    return { ...snapshot, items: rows };
  }
}
