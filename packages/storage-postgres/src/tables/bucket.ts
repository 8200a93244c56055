import { prepared } from "../connections/statement.ts";
import { found } from "./found.ts";

export type BucketSql = ReturnType<typeof bucketSql>;

/** The indexes by target and by queue, written as lists of rows. */
export function bucketSql(schema: string) {
  return {
    addEdges: prepared(
      `INSERT INTO ${schema}.edge (tenant, target, key)
       SELECT $1, u.target, u.key FROM unnest($2::text[], $3::text[]) u(target, key)`,
    ),
    removeEdges: prepared(
      `DELETE FROM ${schema}.edge e USING ${found(
        "unnest($2::text[], $3::text[]) u(target, key)",
        `${schema}.edge`,
        "x.tenant = $1 AND x.target = u.target AND x.key = u.key",
      )} WHERE e.ctid = u.place`,
    ),
    addReady: prepared(
      `INSERT INTO ${schema}.ready (tenant, topic, ready_at, queue_order, key)
       SELECT $1, u.topic, u.ready_at, u.queue_order, u.key
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) u(topic, ready_at, queue_order, key)`,
    ),
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
