import { prepared } from "../connections/statement.ts";
import { found } from "./found.ts";
import { insertion } from "./insertion.ts";

export type BucketSql = ReturnType<typeof bucketSql>;

/** The indexes by target and by queue, written as lists of rows. */
export function bucketSql(schema: string) {
  return {
    addEdges: insertion(`${schema}.edge`, [
      ["target", "text"],
      ["key", "text"],
    ]),
    removeEdges: prepared(
      `DELETE FROM ${schema}.edge e USING ${found(
        "unnest($2::text[], $3::text[]) u(target, key)",
        `${schema}.edge`,
        "x.tenant = $1 AND x.target = u.target AND x.key = u.key",
      )} WHERE e.ctid = u.place`,
    ),
    addReady: insertion(`${schema}.ready`, [
      ["topic", "text"],
      ["ready_at", "bigint"],
      ["queue_order", "bigint"],
      ["key", "text"],
    ]),
    removeReady: prepared(
      `DELETE FROM ${schema}.ready r USING ${found(
        "unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) u(topic, ready_at, queue_order, key)",
        `${schema}.ready`,
        `x.tenant = $1 AND x.topic = u.topic AND x.ready_at = u.ready_at AND x.queue_order = u.queue_order
          AND x.key = u.key`,
      )} WHERE r.ctid = u.place`,
    ),
  };
}
