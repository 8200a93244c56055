import type { ItemRow, AudienceBucket } from "@syntha/core/storage";
import { bucketsOf } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query } from "../statement.ts";
import { ITEM, ITEM_HEAD, toItem, VALUE_AT } from "./item-columns.ts";
import { type ListedItem, toListed } from "./items.ts";
import type { RouteIndex } from "./route-index.ts";

/** Which items lie in the bucket of a target, in key order. */
export class Edges {
  readonly #list: Query;
  readonly #page: Query;
  readonly #insert: Command;
  readonly #delete: Command;
  readonly #index: RouteIndex;

  // CROSS JOIN keeps SQLite from turning the join around, whatever statistics a user has it gather.
  constructor(database: Database, index: RouteIndex) {
    this.#index = index;
    this.#list = query(
      database,
      `SELECT i.id, ${ITEM_HEAD} FROM syntha_edge e CROSS JOIN syntha_item i ON i.id = e.item
       WHERE e.tenant = ? AND e.target = ? AND e.key >= ? ORDER BY e.key LIMIT ?`,
    );
    this.#page = query(
      database,
      `SELECT ${ITEM} FROM syntha_edge e CROSS JOIN syntha_item i ON i.id = e.item
       WHERE e.tenant = ? AND e.target = ? AND e.key > ? ORDER BY e.key LIMIT ?`,
    );
    this.#insert = command(database, "INSERT OR IGNORE INTO syntha_edge VALUES (?, ?, ?, ?)");
    this.#delete = command(
      database,
      "DELETE FROM syntha_edge WHERE tenant = ? AND target = ? AND key = ?",
    );
  }

  /** Rows without values, with keys from `from` on. */
  list(tenant: number, target: AudienceBucket, from: string, limit: number): ListedItem[] {
    return this.#list
      .all(tenant, target, from, limit)
      .map((row) => toListed(row, this.#index, tenant));
  }

  /** Whole rows with keys after `after`. */
  page(tenant: number, target: AudienceBucket, after: string, limit: number): ItemRow[] {
    return this.#page
      .all(tenant, target, after, limit)
      .map((row) => toItem(row, row[VALUE_AT] as string, this.#index, tenant));
  }

  add(tenant: number, row: ItemRow, id: number): void {
    for (const target of bucketsOf(row)) this.#insert.run(tenant, target, row.key, id);
  }

  remove(tenant: number, row: ItemRow): void {
    for (const target of bucketsOf(row)) this.#delete.run(tenant, target, row.key);
  }

  /** Writes only what differs. */
  move(tenant: number, before: ItemRow, after: ItemRow, id: number): void {
    const [old, next] = [bucketsOf(before), bucketsOf(after)];
    for (const target of old)
      if (!next.includes(target)) this.#delete.run(tenant, target, before.key);
    for (const target of next)
      if (!old.includes(target)) this.#insert.run(tenant, target, after.key, id);
  }
}
