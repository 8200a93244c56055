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
    /** Counts all that a tenant has, of which nothing was counted before. */
    countAll: prepared(
      `INSERT INTO ${schema}.usage (tenant, agent, items, bytes)
       SELECT $1, owner, count(*), sum(octet_length(key) + octet_length(value)) FROM ${schema}.item
       WHERE tenant = $1 AND owner IS NOT NULL GROUP BY owner`,
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
    forgetAllowances: prepared(`DELETE FROM ${schema}.allowance WHERE tenant = $1 AND at <= $2`),
  };
}
