import { prepared } from "../connections/statement.ts";

export type BucketSql = ReturnType<typeof bucketSql>;

/** The indexes by target and by queue, written as lists of rows. */
export function bucketSql(schema: string) {
  return {
    addEdges: prepared(
      `INSERT INTO ${schema}.edge (tenant, target, key)
       SELECT $1, u.target, u.key FROM unnest($2::text[], $3::text[]) u(target, key) ON CONFLICT DO NOTHING`,
    ),
    removeEdges: prepared(
      `DELETE FROM ${schema}.edge e USING unnest($2::text[], $3::text[]) u(target, key)
       WHERE e.tenant = $1 AND e.target = u.target AND e.key = u.key`,
    ),
    addReady: prepared(
      `INSERT INTO ${schema}.ready (tenant, topic, ready_at, queue_order, key)
       SELECT $1, u.topic, u.ready_at, u.queue_order, u.key
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) u(topic, ready_at, queue_order, key)
       ON CONFLICT DO NOTHING`,
    ),
    removeReady: prepared(
      `DELETE FROM ${schema}.ready r
       USING unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) u(topic, ready_at, queue_order, key)
       WHERE r.tenant = $1 AND r.topic = u.topic AND r.ready_at = u.ready_at AND r.queue_order = u.queue_order
         AND r.key = u.key`,
    ),
  };
}
