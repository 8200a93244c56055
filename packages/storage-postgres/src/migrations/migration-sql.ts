import { checkOptions, knownOptions } from "@syntha/core/storage";
import { quotedName } from "../connection/statement.ts";
import { checkSchema } from "../settings.ts";
import { type DistributionOptions, distributionSteps, toDistribution } from "./distribution.ts";
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

/**
 * The statements of a script. Citus sends the text of a statement that changes a distributed table to the workers as it
 * came, so each must come by itself.
 */
export function statementsOf(script: string): readonly string[] {
  return script.split(/;\s*(?:\n|$)/).filter((statement) => statement.trim() !== "");
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
  /**
   * Whether the script distributes the tables by tenant over the workers of a Citus cluster, unless they are. The
   * database must have the extension, and the script must run on the coordinator, statement by statement as `psql` does.
   * It can be repeated, with `from` at the version that the tables have.
   * @default false
   */
  distribute?: boolean | DistributionOptions | undefined;
}

const OPTIONS = knownOptions<MigrationSqlOptions>("migrationSql", {
  schema: true,
  from: true,
  distribute: true,
});

/**
 * Returns an SQL script that creates the schema, or upgrades it from version `from`. For programs whose role may not
 * create tables: run the script as another role, and open the storage with `migrate: false`.
 *
 * @example
 * ```ts
 * await writeFile("syntha.sql", migrationSql({ schema: "syntha" }));
 * // Tables of version 1 move to a Citus cluster with their rows:
 * await writeFile("distribute.sql", migrationSql({ from: 1, distribute: true }));
 * ```
 * @throws INVALID_ARGUMENTS for an invalid schema name or number of shards
 * @see {@link rowLevelSecuritySql}
 */
export function migrationSql(options: MigrationSqlOptions = {}): string {
  checkOptions(options, OPTIONS);
  const { schema = "syntha", from = 0, distribute } = options;
  const distribution = toDistribution("migrationSql", distribute);
  const name = quotedName(checkSchema(schema));
  const steps = MIGRATIONS.filter(({ version }) => version > from);
  return [
    "BEGIN;",
    `CREATE SCHEMA IF NOT EXISTS ${name};`,
    ledgerSql(name),
    ...steps.map((step) => stepSql(name, step)),
    ...(distribution === undefined ? [] : distributionSteps(name, distribution)),
    "COMMIT;",
    "",
  ].join("\n");
}
