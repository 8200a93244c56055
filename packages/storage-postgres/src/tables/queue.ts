import { prepared } from "../connection/statement.ts";
import { indexLookup } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";
import { ITEM } from "./items.ts";

/** Items that can be claimed, by topic. */
export function queueStatements(schema: string) {
  return {
    /** The first items of a topic's queue, ready or not. */
    first: prepared(
      `SELECT ${ITEM} FROM (
         SELECT ready_at, queue_order, key FROM ${schema}.queue
         WHERE tenant = $1 AND topic = $2 ORDER BY ready_at, queue_order LIMIT $3) q
       CROSS JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = q.key LIMIT 1) i
       ORDER BY q.ready_at, q.queue_order`,
    ),
    nextReadyAt: prepared(
      `SELECT ready_at FROM ${schema}.queue WHERE tenant = $1 AND topic = $2 AND ready_at > $3
       ORDER BY ready_at LIMIT 1`,
    ),
    add: insertion(`${schema}.queue`, [
      ["topic", "text"],
      ["ready_at", "bigint"],
      ["queue_order", "bigint"],
      ["key", "text"],
    ]),
    remove: prepared(
      `DELETE FROM ${schema}.queue q USING ${indexLookup(
        "unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) u(topic, ready_at, queue_order, key)",
        `${schema}.queue`,
        `x.tenant = $1 AND x.topic = u.topic AND x.ready_at = u.ready_at AND x.queue_order = u.queue_order
          AND x.key = u.key`,
      )} WHERE q.ctid = u.row_id`,
    ),
  };
}
