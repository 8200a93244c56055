import { prepared } from "../connection/statement.ts";
import { isFound, withFound } from "./index-lookup.ts";
import { insertion } from "./insertion.ts";

/** The agent's name in the row of the tenant's own rate; no agent has this name. */
export const TENANT_ITSELF = "";

/** What remains of each rate limit. */
export function rateStatements(schema: string) {
  return {
    of: prepared(
      `SELECT agent, remaining, at FROM ${schema}.rate WHERE tenant = $1 AND agent = ANY($2::text[])`,
    ),
    set: insertion(
      schema,
      "rate",
      [
        ["agent", "text"],
        ["remaining", "bigint"],
        ["at", "bigint"],
      ],
      "ON CONFLICT (tenant, agent) DO UPDATE SET remaining = excluded.remaining, at = excluded.at",
    ),
    /** Returns a row if any rate was last used at or before a time ($2). */
    findUnusedSince: prepared(
      `SELECT 1 FROM ${schema}.rate WHERE tenant = $1 AND at <= $2 LIMIT 1`,
    ),
    /** Deletes up to $3 of them. */
    removeUnusedSince: prepared(
      `${withFound(
        `SELECT x.ctid AS row_id FROM ${schema}.rate x WHERE x.tenant = $1 AND x.at <= $2 LIMIT $3`,
      )} DELETE FROM ${schema}.rate r USING u WHERE ${isFound("r")}`,
    ),
  };
}
