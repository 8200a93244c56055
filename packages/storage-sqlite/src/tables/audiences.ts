import type { AudienceBucket, ItemEffect, ItemRow } from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";
import { ITEM, ITEM_HEAD, KEY_COLUMNS, toItem } from "./item-columns.ts";
import { type ListedItem, toListed } from "./items.ts";
import type { Routes } from "./routes.ts";

/** The items in each audience bucket, in key order. */
export class Audiences {
  readonly #list: Query;
  readonly #listKeys: Query;
  readonly #page: Query;
  readonly #insert: Command;
  readonly #delete: Command;
  readonly #routes: Routes;

  // CROSS JOIN fixes the join order, whatever statistics a user makes SQLite gather.
  constructor(database: SqlDatabase, routes: Routes) {
    this.#routes = routes;
    this.#list = query(
      database,
      `SELECT i.id, ${ITEM_HEAD} FROM syntha_item_audience a CROSS JOIN syntha_item i ON i.id = a.item
       WHERE a.tenant = ? AND a.bucket = ? AND a.key >= ? ORDER BY a.key LIMIT ?`,
    );
    this.#listKeys = query(
      database,
      `SELECT i.id, ${KEY_COLUMNS} FROM syntha_item_audience a CROSS JOIN syntha_item i ON i.id = a.item
       WHERE a.tenant = ? AND a.bucket = ? AND a.key >= ? ORDER BY a.key LIMIT ?`,
    );
    this.#page = query(
      database,
      `SELECT ${ITEM} FROM syntha_item_audience a CROSS JOIN syntha_item i ON i.id = a.item
       WHERE a.tenant = ? AND a.bucket = ? AND a.key > ? ORDER BY a.key LIMIT ?`,
    );
    this.#insert = command(
      database,
      "INSERT OR IGNORE INTO syntha_item_audience VALUES (?, ?, ?, ?)",
    );
    this.#delete = command(
      database,
      "DELETE FROM syntha_item_audience WHERE tenant = ? AND bucket = ? AND key = ?",
    );
  }

  /** Rows without values whose key is `from` or later. */
  list(
    tenant: number,
    bucket: AudienceBucket,
    from: string,
    limit: number,
    isKeyOnly: boolean,
  ): ListedItem[] {
    const rows = (isKeyOnly ? this.#listKeys : this.#list).all(tenant, bucket, from, limit);
    return rows.map((row) => toListed(row, this.#routes, tenant, isKeyOnly));
  }

  /** Complete rows whose key is after `after`. */
  page(tenant: number, bucket: AudienceBucket, after: string, limit: number): ItemRow[] {
    return this.#page
      .all(tenant, bucket, after, limit)
      .map((row) => toItem(row, this.#routes, tenant));
  }

  /** @param id Of the item. */
  write(tenant: number, { key, leaves, enters }: ItemEffect, id: number): void {
    for (const bucket of leaves) this.#delete.run(tenant, bucket, key);
    for (const bucket of enters) this.#insert.run(tenant, bucket, key, id);
  }
}
