import { prepared } from "../connection/statement.ts";
import { indexLookup, isFound } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";
import { ITEM } from "./items.ts";

/** The dependencies that items have pending. */
export function dependencyStatements(schema: string) {
  const table = `${schema}.item_dependency`;
  return {
    /** The first $4 items after a key ($3) that have one of some keys ($2) pending. */
    dependents: prepared(
      `SELECT ${ITEM} FROM (
         SELECT DISTINCT d.key FROM unnest($2::text[]) u(key)
         CROSS JOIN LATERAL (SELECT key FROM ${table} WHERE tenant = $1 AND dependency = u.key AND key > $3
           ORDER BY key LIMIT $4) d
         ORDER BY d.key LIMIT $4) d
       CROSS JOIN LATERAL (SELECT * FROM ${schema}.item i WHERE i.tenant = $1 AND i.key = d.key LIMIT 1) i
       ORDER BY d.key`,
    ),
    /** How many items have each of some keys ($2) pending. */
    counts: prepared(
      `SELECT u.key, (SELECT count(*) FROM ${table} d WHERE d.tenant = $1 AND d.dependency = u.key)
       FROM unnest($2::text[]) u(key)`,
    ),
    // An item whose task was damaged has left rows.
    add: insertion(
      schema,
      "item_dependency",
      [
        ["dependency", "text"],
        ["key", "text"],
      ],
      "ON CONFLICT DO NOTHING",
    ),
    remove: prepared(
      `DELETE FROM ${table} t USING ${indexLookup(
        "unnest($2::text[], $3::text[]) u(dependency, key)",
        table,
        "x.tenant = $1 AND x.dependency = u.dependency AND x.key = u.key",
      )} WHERE ${isFound("t")}`,
    ),
  };
}
