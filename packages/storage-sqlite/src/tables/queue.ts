import {
  type ItemEffect,
  type ItemRow,
  priorityOf,
  type QueueBucket,
  storedPriorities,
} from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";
import { ITEM, toItem } from "./item-columns.ts";
import type { Routes } from "./routes.ts";

/** Before any rank. */
const START = -100;

/**
 * The items of each queue that can be claimed, now or later, in the order of claims. An item that is not ready yet may
 * precede ready ones of a lower priority, so each rank is searched on its own.
 */
export class Queue {
  readonly #nextRank: Query<[rank: number, readyAt: number]>;
  readonly #ready: Query;
  readonly #countReady: Query<[number]>;
  readonly #next: Query<[number | null]>;
  readonly #insert: Command;
  readonly #delete: Command;
  readonly #move: Command;
  readonly #routes: Routes;

  constructor(database: SqlDatabase, routes: Routes) {
    this.#routes = routes;
    this.#nextRank = query(
      database,
      `SELECT rank, ready_at FROM syntha_queue WHERE tenant = ? AND queue = ? AND rank > ?
       ORDER BY rank, ready_at LIMIT 1`,
    );
    const isReady = "q.tenant = ? AND q.queue = ? AND q.rank = ? AND q.ready_at <= ?";
    this.#ready = query(
      database,
      `SELECT ${ITEM} FROM syntha_queue q CROSS JOIN syntha_item i ON i.id = q.item
       WHERE ${isReady} ORDER BY q.ready_at, q.queue_order LIMIT ? OFFSET ?`,
    );
    this.#countReady = query(
      database,
      `SELECT count(*) FROM (SELECT 1 FROM syntha_queue q WHERE ${isReady} LIMIT ?)`,
    );
    this.#next = query(
      database,
      `WITH RECURSIVE ranks (tenant, queue, rank) AS (
         VALUES (?, ?, ?)
         UNION ALL
         SELECT r.tenant, r.queue, (
           SELECT q.rank FROM syntha_queue q
           WHERE q.tenant = r.tenant AND q.queue = r.queue AND q.rank > r.rank ORDER BY q.rank LIMIT 1)
         FROM ranks r WHERE r.rank IS NOT NULL)
       SELECT min((
         SELECT q.ready_at FROM syntha_queue q
         WHERE q.tenant = r.tenant AND q.queue = r.queue AND q.rank = r.rank AND q.ready_at > ?
         ORDER BY q.ready_at LIMIT 1))
       FROM ranks r`,
    );
    this.#insert = command(
      database,
      "INSERT OR IGNORE INTO syntha_queue VALUES (?, ?, ?, ?, ?, ?)",
    );
    const place =
      "tenant = ? AND queue = ? AND rank = ? AND ready_at = ? AND queue_order = ? AND item = ?";
    this.#delete = command(database, `DELETE FROM syntha_queue WHERE ${place}`);
    this.#move = command(
      database,
      `UPDATE syntha_queue SET rank = ?, ready_at = ?, queue_order = ? WHERE ${place}`,
    );
  }

  ready(tenant: number, queue: QueueBucket, now: number, skip: number, limit: number): ItemRow[] {
    const found: ItemRow[] = [];
    let [rank, toSkip] = [START, skip];
    while (found.length < limit) {
      const next = this.#nextRank.get(tenant, queue, rank);
      if (next === undefined) break;
      rank = next[0];
      if (next[1] > now) continue;
      const rows = this.#ready.all(tenant, queue, rank, now, limit - found.length, toSkip);
      for (const row of rows) found.push(toItem(row, this.#routes, tenant));
      if (rows.length > 0) toSkip = 0;
      else toSkip -= this.#countReady.get(tenant, queue, rank, now, toSkip)?.[0] ?? 0;
    }
    return found;
  }

  nextReadyAt(tenant: number, queue: QueueBucket, now: number): number | null {
    return this.#next.get(tenant, queue, START, now)?.[0] ?? null;
  }

  /** @param id Of the item. */
  write(tenant: number, { before, after, dequeues, enqueues }: ItemEffect, id: number): void {
    if (dequeues.length === 0 && enqueues.length === 0) return;
    const places = before === null ? [] : storedPriorities(before).map((of) => placeOf(before, of));
    const [from] = places as [Place];
    const to = (after && placeOf(after, priorityOf(after))) as Place;
    const moved = places.length > 1 ? [] : dequeues.filter((queue) => enqueues.includes(queue));
    for (const queue of dequeues)
      if (moved.includes(queue)) this.#move.run(...to, tenant, queue, ...from, id);
      else for (const place of places) this.#delete.run(tenant, queue, ...place, id);
    for (const queue of enqueues)
      if (!moved.includes(queue)) this.#insert.run(tenant, queue, ...to, id);
  }
}

type Place = [rank: number, readyAt: number | null, order: number];

function placeOf(row: ItemRow, priority: number): Place {
  return [0 - priority, row.readyAt, row.order];
}
