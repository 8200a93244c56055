import { prepared } from "../connection/statement.ts";
import { indexLookup, isFound } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";
import { factColumns, HAS_DEPENDENTS_AT } from "./items.ts";
import { CLOCK } from "./tenants.ts";

/** The column of `ready` after those of the item. */
export const QUEUE_AT = HAS_DEPENDENTS_AT + 1;

/** A queue, the time for which it was read, and when its next item becomes ready after that. */
export type QueueColumns = [queue: string, at: number, nextReadyAt: number | null];

/** Items that can be claimed, by topic and by inbox. */
export function queueStatements(schema: string) {
  const queue = `${schema}.queue`;
  const nextRank = (after: string): string =>
    `(SELECT q.rank FROM ${queue} q WHERE q.tenant = $1 AND ${after} ORDER BY q.rank LIMIT 1)`;
  const inRank = (when: string): string =>
    `FROM ${queue} q WHERE q.tenant = $1 AND q.queue = r.queue AND q.rank = r.rank
       AND q.ready_at ${when} (SELECT at FROM clock) ORDER BY q.ready_at, q.queue_order`;
  return {
    /**
     * The first $3 items of each queue ($2) that are ready at a time ($4, or the server's), from the highest priority.
     * Each rank is one index seek. A queue without ready items has one row, without an item.
     */
    ready: prepared(
      `WITH RECURSIVE clock AS MATERIALIZED (SELECT coalesce($4::bigint, ${CLOCK}) AS at),
       ranks AS (
         SELECT u.queue, ${nextRank("q.queue = u.queue")} AS rank FROM unnest($2::text[]) u(queue)
         UNION ALL
         SELECT r.queue, ${nextRank("q.queue = r.queue AND q.rank > r.rank")} FROM ranks r WHERE r.rank IS NOT NULL)
       SELECT ${factColumns(schema)}, json_build_array(n.queue, (SELECT at FROM clock), n.ready_at)::text
       FROM (
         SELECT r.queue, min(l.ready_at) AS ready_at FROM ranks r
         LEFT JOIN LATERAL (SELECT q.ready_at ${inRank(">")} LIMIT 1) l ON true
         GROUP BY r.queue) n
       LEFT JOIN LATERAL (
         SELECT f.* FROM ranks r
         CROSS JOIN LATERAL (SELECT q.rank, q.ready_at, q.queue_order, q.key ${inRank("<=")} LIMIT $3) f
         WHERE r.queue = n.queue ORDER BY f.rank, f.ready_at, f.queue_order LIMIT $3) f ON true
       LEFT JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = f.key LIMIT 1) i ON true
       ORDER BY n.queue, f.rank, f.ready_at, f.queue_order`,
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
