import { prepared } from "../connections/statement.ts";

/** Whose allowance is the tenant's own: no agent is named so. */
export const TENANT_ITSELF = "";

export type UsageSql = ReturnType<typeof usageSql>;

/** What agents own, and what is left of rates. */
export function usageSql(schema: string) {
  return {
    of: prepared(
      `SELECT agent, items, bytes FROM ${schema}.usage WHERE tenant = $1 AND agent = ANY($2::text[])`,
    ),
    /** Adds to what is there. */
    add: prepared(
      `INSERT INTO ${schema}.usage AS a (tenant, agent, items, bytes)
       SELECT $1, u.agent, u.items, u.bytes FROM unnest($2::text[], $3::bigint[], $4::bigint[]) u(agent, items, bytes)
       ON CONFLICT (tenant, agent) DO UPDATE SET items = a.items + excluded.items, bytes = a.bytes + excluded.bytes`,
    ),
    /** Takes away what has come to nothing. */
    removeEmpty: prepared(
      `DELETE FROM ${schema}.usage WHERE tenant = $1 AND agent = ANY($2::text[]) AND items = 0`,
    ),
    /** The last of the next keys ($3 of them) after one; null when none follows. */
    lastKeyOf: prepared(
      `SELECT max(key) FROM (
         SELECT key FROM ${schema}.item WHERE tenant = $1 AND key > $2 ORDER BY key LIMIT $3) i`,
    ),
    /** Counts what agents own from one key ($2, without it) to another, in addition to what was counted. */
    count: prepared(
      `INSERT INTO ${schema}.usage AS a (tenant, agent, items, bytes)
       SELECT $1, owner, count(*), sum(octet_length(key) + octet_length(value)) FROM ${schema}.item
       WHERE tenant = $1 AND key > $2 AND key <= $3 AND owner IS NOT NULL GROUP BY owner
       ON CONFLICT (tenant, agent) DO UPDATE SET items = a.items + excluded.items, bytes = a.bytes + excluded.bytes`,
    ),
    allowances: prepared(
      `SELECT agent, rest, at FROM ${schema}.allowance WHERE tenant = $1 AND agent = ANY($2::text[])`,
    ),
    setAllowances: prepared(
      `INSERT INTO ${schema}.allowance (tenant, agent, rest, at)
       SELECT $1, u.agent, u.rest, u.at FROM unnest($2::text[], $3::bigint[], $4::bigint[]) u(agent, rest, at)
       ON CONFLICT (tenant, agent) DO UPDATE SET rest = excluded.rest, at = excluded.at`,
    ),
    /** Any that was last taken of at a time or before. */
    staleAllowance: prepared(
      `SELECT 1 FROM ${schema}.allowance WHERE tenant = $1 AND at <= $2 LIMIT 1`,
    ),
    /** Up to $3 of them. */
    forgetAllowances: prepared(
      `DELETE FROM ${schema}.allowance WHERE ctid = ANY(ARRAY(
         SELECT x.ctid FROM ${schema}.allowance x WHERE x.tenant = $1 AND x.at <= $2 LIMIT $3))`,
    ),
  };
}
