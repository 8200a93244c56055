import type { AudienceBucket, ItemEffect, ItemRow } from "@syntha/core/storage";
import {
  column,
  type ColumnQuery,
  type Command,
  command,
  type Query,
  query,
  type SqlDatabase,
} from "../sql/database.ts";
import { ITEM, LISTED, type Listed, type ListedItem, toItem, toListed } from "./item-columns.ts";
import type { Routes } from "./routes.ts";

/** The items in each audience bucket, in key order. */
export class Audiences {
  readonly #lists: Readonly<Record<Listed, Query>>;
  readonly #keys: ColumnQuery<string>;
  readonly #page: Query;
  readonly #insert: Command;
  readonly #delete: Command;
  readonly #routes: Routes;

  // CROSS JOIN fixes the join order, whatever statistics a user makes SQLite gather.
  constructor(database: SqlDatabase, routes: Routes) {
    this.#routes = routes;
    const list = (listed: Listed): Query =>
      query(
        database,
        `SELECT ${LISTED[listed]} FROM syntha_item_audience a CROSS JOIN syntha_item i ON i.id = a.item
         WHERE a.tenant = ? AND a.bucket = ? AND a.key >= ? ORDER BY a.key LIMIT ?`,
      );
    this.#lists = { headers: list("headers"), topics: list("topics"), keys: list("keys") };
    this.#keys = column(
      database,
      "SELECT key FROM syntha_item_audience WHERE tenant = ? AND bucket = ? AND key >= ? ORDER BY key LIMIT ?",
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
    listed: Listed,
  ): ListedItem[] {
    const rows = this.#lists[listed].all(tenant, bucket, from, limit);
    return rows.map((row) => toListed(row, listed, this.#routes, tenant));
  }

  /** Keys from `from` on, of expired items too. */
  keys(tenant: number, bucket: AudienceBucket, from: string, limit: number): string[] {
    return this.#keys.all(tenant, bucket, from, limit);
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
