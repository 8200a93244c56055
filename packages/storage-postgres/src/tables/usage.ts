import { prepared } from "../connection/statement.ts";

/** The items and bytes that each agent owns. */
export function usageStatements(schema: string) {
  const addToRow =
    "ON CONFLICT (tenant, agent) DO UPDATE SET items = a.items + excluded.items, bytes = a.bytes + excluded.bytes";
  return {
    of: prepared(
      `SELECT agent, items, bytes FROM ${schema}.usage WHERE tenant = $1 AND agent = ANY($2::text[])`,
    ),
    add: prepared(
      `INSERT INTO ${schema}.usage AS a (tenant, agent, items, bytes)
       SELECT $1, u.agent, u.items, u.bytes FROM unnest($2::text[], $3::bigint[], $4::bigint[]) u(agent, items, bytes)
       ${addToRow}`,
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
      `INSERT INTO ${schema}.usage AS a (tenant, agent, items, bytes)
       SELECT $1, owner, count(*), sum(octet_length(key) + octet_length(value)) FROM ${schema}.item
       WHERE tenant = $1 AND key > $2 AND key <= $3 AND owner IS NOT NULL GROUP BY owner
       ${addToRow}`,
    ),
  };
}
