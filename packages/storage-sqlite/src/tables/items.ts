import { encodeTask, ExpiredItems, type ItemRow, type ItemState } from "@syntha/core/storage";
import {
  column,
  type ColumnQuery,
  type Command,
  command,
  type Query,
  query,
  type SqlDatabase,
} from "../sql/database.ts";
import type { Routes } from "./routes.ts";
import {
  COLUMNS,
  ITEM,
  LISTED,
  type Listed,
  type ListedItem,
  toColumns,
  toItem,
  toListed,
} from "./item-columns.ts";

export class Items {
  readonly #routes: Routes;
  readonly #find: Query;
  readonly #id: Query<[number]>;
  readonly #value: Query<[string]>;
  readonly #page: Query;
  readonly #keys: ColumnQuery<string>;
  readonly #lists: Readonly<Record<Listed, Query>>;
  readonly #listClaimed: Query;
  readonly #listClosed: Query;
  readonly #expired: Query;
  readonly #nextExpiry: Query<[number]>;
  readonly #expiredRoutes: Query<[key: string, route: string, bytes: number]>;
  readonly #insert: Command;
  readonly #update: Command;
  readonly #lease: Command;
  readonly #unloggedSince: Query<[string]>;
  readonly #leases: Query<[number]>;
  readonly #delete: Command;

  constructor(database: SqlDatabase, routes: Routes) {
    this.#routes = routes;
    this.#find = query(
      database,
      `SELECT ${ITEM} FROM syntha_item i WHERE i.tenant = ? AND i.key = ?`,
    );
    this.#id = query(database, "SELECT id FROM syntha_item WHERE tenant = ? AND key = ?");
    this.#value = query(database, "SELECT value FROM syntha_item WHERE id = ?");
    this.#page = query(
      database,
      `SELECT ${ITEM} FROM syntha_item i WHERE i.tenant = ? AND i.key > ? ORDER BY i.key LIMIT ?`,
    );
    this.#keys = column(
      database,
      "SELECT key FROM syntha_item WHERE tenant = ? AND key >= ? ORDER BY key LIMIT ?",
    );
    const list = (listed: Listed): Query =>
      query(
        database,
        `SELECT ${LISTED[listed]} FROM syntha_item i WHERE i.tenant = ? AND i.key >= ? ORDER BY i.key LIMIT ?`,
      );
    this.#lists = { headers: list("headers"), topics: list("topics"), keys: list("keys") };
    this.#listClaimed = query(
      database,
      `SELECT ${LISTED.headers} FROM syntha_item i INDEXED BY syntha_item_claimed
       WHERE i.tenant = ? AND i.key >= ? AND i.lease_id IS NOT NULL ORDER BY i.key LIMIT ?`,
    );
    this.#listClosed = query(
      database,
      `SELECT ${LISTED.headers} FROM syntha_item i INDEXED BY syntha_item_closed
       WHERE i.tenant = ? AND i.state = ? AND i.state <> 'open' AND i.key >= ? ORDER BY i.key LIMIT ?`,
    );
    this.#expired = query(
      database,
      `SELECT ${ITEM} FROM syntha_item i INDEXED BY syntha_item_expiry
       WHERE i.tenant = ? AND i.expires_at <= ? ORDER BY i.expires_at, i.key LIMIT ?`,
    );
    this.#nextExpiry = query(
      database,
      `SELECT expires_at FROM syntha_item INDEXED BY syntha_item_expiry
       WHERE tenant = ? AND expires_at IS NOT NULL ORDER BY expires_at LIMIT 1`,
    );
    this.#expiredRoutes = query(
      database,
      `SELECT key, route, octet_length(key) + octet_length(value) FROM syntha_item INDEXED BY syntha_item_expiry
       WHERE tenant = ? AND expires_at <= ?`,
    );
    this.#insert = command(
      database,
      `INSERT INTO syntha_item (${COLUMNS.join(", ")}, tenant, key) VALUES (${COLUMNS.map(() => "?").join(", ")}, ?, ?)`,
    );
    this.#update = command(
      database,
      `UPDATE syntha_item SET ${COLUMNS.map((column) => `${column} = ?`).join(", ")}, unlogged_at = NULL
       WHERE tenant = ? AND key = ?`,
    );
    this.#lease = command(
      database,
      `UPDATE syntha_item SET attempts = ?, ready_at = ?, lease_holder = ?, lease_position = ?,
         lease_id = ?, lease_until = ?, task = ?, unlogged_at = ?
       WHERE tenant = ? AND key = ?`,
    );
    this.#unloggedSince = query(
      database,
      `SELECT key FROM syntha_item INDEXED BY syntha_item_unlogged
       WHERE tenant = ? AND unlogged_at >= ? ORDER BY unlogged_at`,
    );
    this.#leases = query(
      database,
      `SELECT count(*) FROM syntha_item INDEXED BY syntha_item_lease
       WHERE tenant = ? AND lease_holder = ? AND lease_until > ? AND (expires_at IS NULL OR expires_at > ?)`,
    );
    this.#delete = command(database, "DELETE FROM syntha_item WHERE tenant = ? AND key = ?");
  }

  find(tenant: number, key: string): ItemRow | undefined {
    const row = this.#find.get(tenant, key);
    return row && toItem(row, this.#routes, tenant);
  }

  idOf(tenant: number, key: string): number {
    return this.#id.get(tenant, key)?.[0] ?? 0;
  }

  valueOf(id: number): string {
    return this.#value.get(id)?.[0] ?? "";
  }

  /** Complete rows whose key is after `after`, in key order. */
  page(tenant: number, after: string, limit: number): ItemRow[] {
    return this.#page.all(tenant, after, limit).map((row) => toItem(row, this.#routes, tenant));
  }

  /** Keys from `from` on, in order, of expired items too. */
  keys(tenant: number, from: string, limit: number): string[] {
    return this.#keys.all(tenant, from, limit);
  }

  /** Rows without values whose key is `from` or later, in key order. */
  list(tenant: number, from: string, limit: number, listed: Listed): ListedItem[] {
    const rows = this.#lists[listed].all(tenant, from, limit);
    return rows.map((row) => toListed(row, listed, this.#routes, tenant));
  }

  /** Rows as of {@link list}, that may be claimed now, or are done or failed. */
  listOfState(
    tenant: number,
    state: Exclude<ItemState, "open">,
    from: string,
    limit: number,
  ): ListedItem[] {
    const rows =
      state === "claimed"
        ? this.#listClaimed.all(tenant, from, limit)
        : this.#listClosed.all(tenant, state, from, limit);
    return rows.map((row) => toListed(row, "headers", this.#routes, tenant));
  }

  expired(tenant: number, now: number, limit: number): ItemRow[] {
    return this.#expired.all(tenant, now, limit).map((row) => toItem(row, this.#routes, tenant));
  }

  /** When the first item expires; undefined if none will. */
  nextExpiry(tenant: number): number | undefined {
    return this.#nextExpiry.get(tenant)?.[0];
  }

  /** Whether an item is expired but not swept. */
  hasExpired(tenant: number, now: number): boolean {
    const first = this.nextExpiry(tenant);
    return first !== undefined && first <= now;
  }

  /** Counts of the items that are expired but not swept. */
  expiredItems(tenant: number, now: number): ExpiredItems {
    const rows = this.#expiredRoutes.all(tenant, now);
    return new ExpiredItems(
      rows.map(([key, route, bytes]) => ({
        ...this.#routes.ofItem(route, tenant, key),
        bytes,
      })),
    );
  }

  /** Returns the row's id. */
  insert(tenant: number, row: ItemRow): number {
    return Number(this.#insert.run(...toColumns(row), tenant, row.key).lastInsertRowid);
  }

  update(tenant: number, row: ItemRow): void {
    this.#update.run(...toColumns(row), tenant, row.key);
  }

  /**
   * Writes the changes of a claim, an extension, a release or a satisfied dependency.
   * @param unloggedAt The head of the log if no entry has the changes, otherwise null.
   */
  updateLease(
    tenant: number,
    { key, attempts, readyAt, lease, task }: ItemRow,
    unloggedAt: number | null,
  ): void {
    this.#lease.run(
      attempts,
      readyAt,
      lease?.holder ?? null,
      lease?.position ?? null,
      lease?.leaseId ?? null,
      lease?.until ?? null,
      encodeTask(task),
      unloggedAt,
      tenant,
      key,
    );
  }

  /** Keys of rows that last changed without a log entry, when the head of the log was at `position` or later. */
  unloggedSince(tenant: number, position: number): string[] {
    return this.#unloggedSince.all(tenant, position).map(([key]) => key);
  }

  /** The number of leases that an agent holds and that have not ended. */
  leasesOf(tenant: number, agent: string, now: number): number {
    return this.#leases.get(tenant, agent, now, now)?.[0] ?? 0;
  }

  delete(tenant: number, key: string): void {
    this.#delete.run(tenant, key);
  }
}
