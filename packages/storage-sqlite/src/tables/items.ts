import { type ItemRow, ExpiredItems } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query, type Row } from "../connection/statement.ts";
import type { RouteRepair } from "./routes.ts";
import { toItemRoute } from "./routes.ts";
import { COLUMNS, ITEM, ITEM_HEAD, toColumns, toItem, VALUE_AT } from "./item-columns.ts";

/** A row of a listing, and the id by which its value can be read. */
export interface ListedItem {
  readonly id: number;
  readonly row: ItemRow;
}

export class Items {
  readonly #index: RouteRepair;
  readonly #find: Query;
  readonly #id: Query<[number]>;
  readonly #value: Query<[string]>;
  readonly #page: Query;
  readonly #list: Query;
  readonly #expired: Query;
  readonly #expiredRoutes: Query<[key: string, route: string, bytes: number]>;
  readonly #insert: Command;
  readonly #update: Command;
  readonly #lease: Command;
  readonly #extendedSince: Query<[string]>;
  readonly #delete: Command;

  constructor(database: Database, index: RouteRepair) {
    this.#index = index;
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
    this.#list = query(
      database,
      `SELECT i.id, ${ITEM_HEAD} FROM syntha_item i WHERE i.tenant = ? AND i.key >= ? ORDER BY i.key LIMIT ?`,
    );
    this.#expired = query(
      database,
      `SELECT ${ITEM} FROM syntha_item i INDEXED BY syntha_item_expiry
       WHERE i.tenant = ? AND i.expires_at <= ? ORDER BY i.expires_at, i.key LIMIT ?`,
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
      `UPDATE syntha_item SET ${COLUMNS.map((column) => `${column} = ?`).join(", ")}, lease_extended = NULL
       WHERE tenant = ? AND key = ?`,
    );
    this.#lease = command(
      database,
      `UPDATE syntha_item SET attempts = ?, ready_at = ?, lease_holder = ?, lease_position = ?,
         lease_id = ?, lease_until = ?, lease_extended = ?
       WHERE tenant = ? AND key = ?`,
    );
    this.#extendedSince = query(
      database,
      `SELECT key FROM syntha_item INDEXED BY syntha_item_extended
       WHERE tenant = ? AND lease_extended >= ? ORDER BY lease_extended`,
    );
    this.#delete = command(database, "DELETE FROM syntha_item WHERE tenant = ? AND key = ?");
  }

  find(tenant: number, key: string): ItemRow | undefined {
    const row = this.#find.get(tenant, key);
    return row && this.#full(row, tenant);
  }

  idOf(tenant: number, key: string): number {
    return this.#id.get(tenant, key)?.[0] ?? 0;
  }

  valueOf(id: number): string {
    return this.#value.get(id)?.[0] ?? "";
  }

  /** Whole rows with keys after `after`, in key order. */
  page(tenant: number, after: string, limit: number): ItemRow[] {
    return this.#page.all(tenant, after, limit).map((row) => this.#full(row, tenant));
  }

  /** Rows without values, with keys from `from` on, in key order. */
  list(tenant: number, from: string, limit: number): ListedItem[] {
    return this.#list.all(tenant, from, limit).map((row) => toListed(row, this.#index, tenant));
  }

  expired(tenant: number, now: number, limit: number): ItemRow[] {
    return this.#expired.all(tenant, now, limit).map((row) => this.#full(row, tenant));
  }

  /** The items that are expired and not swept yet. */
  expiredItems(tenant: number, now: number): ExpiredItems {
    const rows = this.#expiredRoutes.all(tenant, now);
    return new ExpiredItems(
      rows.map(([key, route, bytes]) => ({
        ...toItemRoute(route, this.#index, tenant, key),
        bytes,
      })),
    );
  }

  /** Gives the row's id. */
  insert(tenant: number, row: ItemRow): number {
    return Number(this.#insert.run(...toColumns(row), tenant, row.key).lastInsertRowid);
  }

  update(tenant: number, row: ItemRow): void {
    this.#update.run(...toColumns(row), tenant, row.key);
  }

  /**
   * What a claim, an extension or a release changes.
   * @param extended The log's head when the lease was extended; null: it was not.
   */
  updateLease(
    tenant: number,
    { key, attempts, readyAt, lease }: ItemRow,
    extended: number | null,
  ): void {
    this.#lease.run(
      attempts,
      readyAt,
      lease?.holder ?? null,
      lease?.position ?? null,
      lease?.leaseId ?? null,
      lease?.until ?? null,
      extended,
      tenant,
      key,
    );
  }

  /** Keys of items whose present lease was extended at a position of the log's head or later. */
  extendedSince(tenant: number, position: number): string[] {
    return this.#extendedSince.all(tenant, position).map(([key]) => key);
  }

  delete(tenant: number, key: string): void {
    this.#delete.run(tenant, key);
  }

  #full(row: Row, tenant: number): ItemRow {
    return toItem(row, row[VALUE_AT] as string, this.#index, tenant);
  }
}

/** The id stands first, in front of the item's own columns. */
export function toListed(row: Row, index: RouteRepair, tenant: number): ListedItem {
  return { id: row[0] as number, row: toItem(row, "", index, tenant, 1) };
}
