import type { ItemEffect, ItemRow } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import { type Command, command, type Query, query } from "../connection/statement.ts";
import { ITEM, toItem } from "./item-columns.ts";
import type { Routes } from "./routes.ts";

/** The items of each topic that can be claimed, now or later, in the order of claims. */
export class Queue {
  readonly #ready: Query;
  readonly #next: Query<[number]>;
  readonly #insert: Command;
  readonly #delete: Command;
  readonly #move: Command;
  readonly #routes: Routes;

  constructor(database: Database, routes: Routes) {
    this.#routes = routes;
    this.#ready = query(
      database,
      `SELECT ${ITEM} FROM syntha_queue r CROSS JOIN syntha_item i ON i.id = r.item
       WHERE r.tenant = ? AND r.topic = ? AND r.ready_at <= ? ORDER BY r.ready_at, r.queue_order LIMIT ? OFFSET ?`,
    );
    this.#next = query(
      database,
      "SELECT ready_at FROM syntha_queue WHERE tenant = ? AND topic = ? AND ready_at > ? ORDER BY ready_at LIMIT 1",
    );
    this.#insert = command(database, "INSERT OR IGNORE INTO syntha_queue VALUES (?, ?, ?, ?, ?)");
    this.#delete = command(
      database,
      "DELETE FROM syntha_queue WHERE tenant = ? AND topic = ? AND ready_at = ? AND queue_order = ? AND item = ?",
    );
    this.#move = command(
      database,
      `UPDATE syntha_queue SET ready_at = ?, queue_order = ?
       WHERE tenant = ? AND topic = ? AND ready_at = ? AND queue_order = ? AND item = ?`,
    );
  }

  ready(tenant: number, topic: string, now: number, skip: number, limit: number): ItemRow[] {
    return this.#ready
      .all(tenant, topic, now, limit, skip)
      .map((row) => toItem(row, this.#routes, tenant));
  }

  nextReadyAt(tenant: number, topic: string, now: number): number | null {
    return this.#next.get(tenant, topic, now)?.[0] ?? null;
  }

  /** @param id Of the item. */
  write(tenant: number, { before, after, dequeues, enqueues }: ItemEffect, id: number): void {
    const [from, to] = [before, after] as [ItemRow, ItemRow];
    for (const topic of dequeues)
      if (enqueues.includes(topic))
        this.#move.run(to.readyAt, to.order, tenant, topic, from.readyAt, from.order, id);
      else this.#delete.run(tenant, topic, from.readyAt, from.order, id);
    for (const topic of enqueues)
      if (!dequeues.includes(topic)) this.#insert.run(tenant, topic, to.readyAt, to.order, id);
  }
}
