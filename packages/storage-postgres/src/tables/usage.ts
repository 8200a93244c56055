import { prepared } from "../connection/statement.ts";
import { insertion } from "./insertion.ts";

/** The items and bytes that each agent owns. */
export function usageStatements(schema: string) {
  const addToRow =
    "ON CONFLICT (tenant, agent) DO UPDATE SET items = x.items + excluded.items, bytes = x.bytes + excluded.bytes";
  return {
    of: prepared(
      `SELECT agent, items, bytes FROM ${schema}.usage WHERE tenant = $1 AND agent = ANY($2::text[])`,
    ),
    add: insertion(
      schema,
      "usage",
      [
        ["agent", "text"],
        ["items", "bigint"],
        ["bytes", "bigint"],
      ],
      addToRow,
    ),
    removeEmpty: prepared(
      `DELETE FROM ${schema}.usage WHERE tenant = $1 AND agent = ANY($2::text[]) AND items = 0`,
    ),
    /** The last of the next $3 keys after a key ($2); null if no key follows. */
    lastKeyOf: prepared(
      `SELECT max(key) FROM (
         SELECT key FROM ${schema}.item WHERE tenant = $1 AND key > $2 ORDER BY key LIMIT $3) i`,
    ),
    /** Counts the items after a key ($2) up to another ($3), and adds them to the rows of their owners. */
    count: prepared(
      `INSERT INTO ${schema}.usage AS x (tenant, agent, items, bytes)
       SELECT tenant, owner, count(*), sum(octet_length(key) + octet_length(value)) FROM ${schema}.item
       WHERE tenant = $1 AND key > $2 AND key <= $3 AND owner IS NOT NULL GROUP BY tenant, owner
       ${addToRow}`,
    ),
  };
}
