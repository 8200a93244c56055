import { checkOptions, knownOptions } from "@syntha/core/storage";
import { quotedName } from "../connection/statement.ts";
import { checkSchema } from "../settings.ts";
import { TENANT_COLUMNS } from "../tables/tenant-rows.ts";

export interface RowLevelSecurityOptions {
  /**
   * The schema that contains the tables.
   * @default "syntha"
   */
  schema?: string | undefined;
  /** The role that your program connects as. It must own nothing and must not be a superuser. */
  role: string;
}

const OPTIONS = knownOptions<RowLevelSecurityOptions>("rowLevelSecuritySql", {
  schema: true,
  role: true,
});

/** The name of the policy on every table. */
const POLICY = "syntha_tenant";

/** The tenant of the transaction. Null if none is set, so that such a transaction sees no rows. */
const CURRENT_TENANT = "nullif(current_setting('syntha.tenant', true), '')";

/**
 * Returns an SQL script that makes the database itself separate tenants: the role reads and writes only rows of the tenant
 * that its transaction has set. It grants the role what the storage needs, and no more. The owner of the tables runs it
 * after every migration; the storage is opened with `rowLevelSecurity: true`.
 *
 * @example
 * ```ts
 * await writeFile("row-level-security.sql", rowLevelSecuritySql({ role: "app" }));
 * ```
 * @throws INVALID_ARGUMENTS for an invalid schema name
 * @see {@link migrationSql}
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
