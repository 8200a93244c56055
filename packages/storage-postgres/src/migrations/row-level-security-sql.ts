import { checkOptions, knownOptions } from "@syntha/core/storage";
import { checkSchema } from "../settings.ts";
import { quotedName } from "../connection/statement.ts";
import { TENANT_COLUMNS } from "../tables/tenant-rows.ts";

export interface RowLevelSecurityOptions {
  /** The schema that holds the tables. Default: `"syntha"`. */
  schema?: string | undefined;
  /** The role that your program connects as: one that owns nothing, and is no superuser. */
  role: string;
}

const OPTIONS = knownOptions<RowLevelSecurityOptions>("rowLevelSecuritySql", {
  schema: true,
  role: true,
});

/** Names the policy on every table. */
const POLICY = "syntha_tenant";

/** Who a row must belong to. No tenant is named by nothing, so that whoever forgets to name one sees none. */
const CURRENT_TENANT = "nullif(current_setting('syntha.tenant', true), '')";

/**
 * The script that has the database itself keep tenants apart, for the owner of the tables to run once after the
 * migrations, and again after later ones: a role sees and writes only rows of the tenant that its transaction has named.
 * Grants the role what the storage needs, and no more.
 * @throws INVALID_ARGUMENTS for what can't name a schema.
 */
export function rowLevelSecuritySql(options: RowLevelSecurityOptions): string {
  checkOptions(options, OPTIONS);
  const { schema = "syntha", role } = options;
  const name = quotedName(checkSchema(schema));
  const to = quotedName(role);
  const tables = Object.entries(TENANT_COLUMNS).flatMap(([table, column]) => [
    `ALTER TABLE ${name}.${table} ENABLE ROW LEVEL SECURITY;`,
    `ALTER TABLE ${name}.${table} FORCE ROW LEVEL SECURITY;`,
    `DROP POLICY IF EXISTS ${POLICY} ON ${name}.${table};`,
    `CREATE POLICY ${POLICY} ON ${name}.${table} USING (${column} = ${CURRENT_TENANT});`,
    `REVOKE ALL ON ${name}.${table} FROM ${to};`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.${table} TO ${to};`,
  ]);
  return [
    "BEGIN;",
    `GRANT USAGE ON SCHEMA ${name} TO ${to};`,
    `GRANT SELECT ON ${name}.migration TO ${to};`,
    ...tables,
    "COMMIT;",
    "",
  ].join("\n");
}
