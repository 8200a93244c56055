import { checkOptions, knownOptions } from "@syntha/core/storage";
import { checkSchema } from "../settings.ts";
import { quotedName } from "../connection/statement.ts";
import { MIGRATIONS } from "./index.ts";
import type { Migration } from "./migration.ts";

/** The ledger of what was done to a schema. */
export function ledgerSql(schema: string): string {
  return `CREATE TABLE IF NOT EXISTS ${schema}.migration (
  version integer PRIMARY KEY,
  breaking boolean NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);`;
}

/** One step, and its row in the ledger. The row first: a second migrator fails there, before it touches a table. */
export function stepSql(schema: string, step: Migration): string {
  return `INSERT INTO ${schema}.migration (version, breaking) VALUES (${step.version}, ${step.breaking});
${step.sql(schema)}`;
}

export interface MigrationSqlOptions {
  /** The schema that holds the tables. Default: `"syntha"`. */
  schema?: string | undefined;
  /** The version that the tables have. Default: 0, none. */
  from?: number | undefined;
}

const OPTIONS = knownOptions<MigrationSqlOptions>("migrationSql", { schema: true, from: true });

/**
 * Everything that makes a schema, or brings one up to date from version `from`, as one script to run by hand: for users
 * whose program's role may not create tables. Open the storage with `migrate: false` then.
 * @throws INVALID_ARGUMENTS for what can't name a schema.
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
