import { prepared, type Statement } from "../connection/statement.ts";
import { indexLookup, isFound } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";
import { ITEM, ITEM_HEAD, KEY_COLUMNS, keyList, TOPIC_COLUMNS } from "./items.ts";

/** The audience buckets that each item is in. */
export function audienceStatements(schema: string) {
  const firstFrom = (columns: string): Statement =>
    prepared(
      `SELECT ${columns}, u.bucket FROM unnest($2::text[]) u(bucket)
       CROSS JOIN LATERAL (SELECT key FROM ${schema}.item_audience
         WHERE tenant = $1 AND bucket = u.bucket AND key >= $3 ORDER BY key LIMIT $4) a
       CROSS JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = a.key LIMIT 1) i`,
    );
  return {
    /** The first $4 items of each bucket ($2) from a key ($3) on, with the bucket as the last column. */
    itemsFrom: firstFrom(ITEM),
    headsFrom: firstFrom(ITEM_HEAD),
    topicsFrom: firstFrom(TOPIC_COLUMNS),
    keysFrom: firstFrom(KEY_COLUMNS),
    /** The keys of the first $4 items of each bucket ($2) from a key ($3) on, as a JSON list, and the bucket. */
    indexedKeysFrom: prepared(
      `SELECT ${keyList(
        `SELECT key FROM ${schema}.item_audience
         WHERE tenant = $1 AND bucket = u.bucket AND key >= $3 ORDER BY key LIMIT $4`,
      )}, u.bucket FROM unnest($2::text[]) u(bucket)`,
    ),
    /** Items of a bucket ($2) after a key ($3). */
    page: prepared(
      `SELECT ${ITEM} FROM (
         SELECT key FROM ${schema}.item_audience WHERE tenant = $1 AND bucket = $2 AND key > $3 ORDER BY key LIMIT $4) a
       CROSS JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = a.key LIMIT 1) i
       ORDER BY a.key`,
    ),
    add: insertion(schema, "item_audience", [
      ["bucket", "text"],
      ["key", "text"],
    ]),
    remove: prepared(
      `DELETE FROM ${schema}.item_audience t USING ${indexLookup(
        "unnest($2::text[], $3::text[]) u(bucket, key)",
        `${schema}.item_audience`,
        "x.tenant = $1 AND x.bucket = u.bucket AND x.key = u.key",
      )} WHERE ${isFound("t")}`,
    ),
  };
}
