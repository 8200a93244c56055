import { prepared } from "../connection/statement.ts";
import { indexLookup, isFound } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";
import { factColumns, HAS_DEPENDENTS_AT } from "./items.ts";
import { CLOCK } from "./tenants.ts";

/** The column of `ready` after those of the item. */
export const QUEUE_AT = HAS_DEPENDENTS_AT + 1;

/** A queue, the time for which it was read, and when its next item becomes ready after that, if all ready ones were read. */
export type QueueColumns = [queue: string, at: number, nextReadyAt: number | null];

/** Items that can be claimed, by topic and by inbox. */
export function queueStatements(schema: string) {
  const queue = `${schema}.queue`;
  const firstOf = (condition: string): string =>
    `(SELECT q.rank, q.ready_at FROM ${queue} q WHERE q.tenant = $1 AND ${condition}
      ORDER BY q.rank, q.ready_at LIMIT 1)`;
  const inRank = (when: string): string =>
    `FROM ${queue} q WHERE q.tenant = $1 AND q.queue = r.queue AND q.rank = r.rank
       AND q.ready_at >= r.ready_at AND q.ready_at ${when} (SELECT at FROM clock) ORDER BY q.ready_at, q.queue_order`;
  return {
    /**
     * The first $3 items of each queue ($2) that are ready at a time ($4, or the server's), from the highest priority.
     * Each rank is one index seek. A queue without ready items has one row, without an item.
     *
     * Claims leave deleted rows in the index until the table is vacuumed: one before each ready item, and one where its
     * lease would have ended. So the former are passed once, to find where a rank begins, and the latter only for a queue
     * with fewer ready items than asked for: its first row alone has when the next one becomes ready.
     */
    ready: prepared(
      `WITH RECURSIVE clock AS MATERIALIZED (SELECT coalesce($4::bigint, ${CLOCK}) AS at),
       ranks AS (
         SELECT u.queue, f.rank, f.ready_at FROM unnest($2::text[]) u(queue)
         CROSS JOIN LATERAL ${firstOf("q.queue = u.queue")} f
         UNION ALL
         SELECT r.queue, f.rank, f.ready_at FROM ranks r
         CROSS JOIN LATERAL ${firstOf("q.queue = r.queue AND q.rank > r.rank")} f)
       SELECT ${factColumns(schema)}, json_build_array(u.queue, (SELECT at FROM clock),
         CASE WHEN f.number IS NULL OR (f.number = 1 AND f.found < $3) THEN
           (SELECT min(l.ready_at) FROM ranks r CROSS JOIN LATERAL (SELECT q.ready_at ${inRank(">")} LIMIT 1) l
            WHERE r.queue = u.queue)
         END)::text
       FROM unnest($2::text[]) u(queue)
       LEFT JOIN LATERAL (
         SELECT f.*, count(*) OVER () AS found,
           row_number() OVER (ORDER BY f.rank, f.ready_at, f.queue_order) AS number
         FROM (
           SELECT f.* FROM ranks r
           CROSS JOIN LATERAL (SELECT q.rank, q.ready_at, q.queue_order, q.key ${inRank("<=")} LIMIT $3) f
           WHERE r.queue = u.queue ORDER BY f.rank, f.ready_at, f.queue_order LIMIT $3) f) f ON true
       LEFT JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = f.key LIMIT 1) i ON true
       ORDER BY u.queue, f.number`,
    ),
    add: insertion(schema, "queue", [
      ["queue", "text"],
      ["rank", "bigint"],
      ["ready_at", "bigint"],
      ["queue_order", "bigint"],
      ["key", "text"],
    ]),
    remove: prepared(
      `DELETE FROM ${queue} q USING ${indexLookup(
        "unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[]) u(queue, rank, ready_at, queue_order, key)",
        queue,
        `x.tenant = $1 AND x.queue = u.queue AND x.rank = u.rank AND x.ready_at = u.ready_at
          AND x.queue_order = u.queue_order AND x.key = u.key`,
      )} WHERE ${isFound("q")}`,
    ),
  };
}
