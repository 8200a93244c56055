import { checkOptions, knownOptions } from "@syntha/core/storage";
import { quotedName } from "../connection/statement.ts";
import { checkSchema } from "../settings.ts";
import { MIGRATIONS } from "./index.ts";
import type { Migration } from "./migration.ts";

/** Creates the table that records the migrations of a schema. */
export function ledgerSql(schema: string): string {
  return `CREATE TABLE IF NOT EXISTS ${schema}.migration (
  version integer PRIMARY KEY,
  breaking boolean NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);`;
}

/** Records the step before running it: a second migrator then fails before it touches a table. */
export function stepSql(schema: string, step: Migration): string {
  return `INSERT INTO ${schema}.migration (version, breaking) VALUES (${step.version}, ${step.breaking});
${step.sql(schema)}`;
}

export interface MigrationSqlOptions {
  /**
   * The schema that contains the tables.
   * @default "syntha"
   */
  schema?: string | undefined;
  /**
   * The version that the tables have.
   * @default 0, for none
   */
  from?: number | undefined;
}

const OPTIONS = knownOptions<MigrationSqlOptions>("migrationSql", { schema: true, from: true });

/**
 * Returns an SQL script that creates the schema, or upgrades it from version `from`. For programs whose role may not
 * create tables: run the script as another role, and open the storage with `migrate: false`.
 *
 * @example
 * ```ts
 * await writeFile("syntha.sql", migrationSql({ schema: "syntha" }));
 * ```
 * @throws INVALID_ARGUMENTS for an invalid schema name
 * @see {@link rowLevelSecuritySql}
 */
export function migrationSql(options: MigrationSqlOptions = {}): string {
  checkOptions(options, OPTIONS);
  const { schema = "syntha", from = 0 } = options;
  const name = quotedName(checkSchema(schema));
  const steps = MIGRATIONS.filter(({ version }) => version > from);
  return [
    "BEGIN;",
    `CREATE SCHEMA IF NOT EXISTS ${name};`,
    ledgerSql(name),
    ...steps.map((step) => stepSql(name, step)),
    "COMMIT;",
    "",
  ].join("\n");
}
