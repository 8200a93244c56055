import { prepared, type Statement } from "../connection/statement.ts";
import { isFound, withFound } from "./index-lookup.ts";

/** Every table with rows of tenants, and its column that names the tenant. */
export const TENANT_COLUMNS = {
  tenant: "name",
  item: "tenant",
  item_audience: "tenant",
  item_dependency: "tenant",
  queue: "tenant",
  topic: "tenant",
  agent: "tenant",
  subscription: "tenant",
  past_subscription: "tenant",
  usage: "tenant",
  rate: "tenant",
  event: "tenant",
  event_audience: "tenant",
  log: "tenant",
} as const;

/** Statements that each delete up to $2 rows of a tenant; none deletes its row in `tenant`. */
export function tenantRowDeletions(schema: string): readonly Statement[] {
  const { tenant: _, ...tables } = TENANT_COLUMNS;
  return Object.keys(tables).map((table) =>
    prepared(
      `${withFound(
        `SELECT x.ctid AS row_id FROM ${schema}.${table} x WHERE x.tenant = $1 LIMIT $2`,
      )} DELETE FROM ${schema}.${table} t USING u WHERE ${isFound("t")}`,
    ),
  );
}
