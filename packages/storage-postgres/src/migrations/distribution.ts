import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { TENANT_COLUMNS } from "../tables/tenant-rows.ts";

/** How the tables are distributed over the workers of a Citus cluster. */
export interface DistributionOptions {
  /**
   * The number of shards, each of which is a set of tables on one worker. It can't be changed by opening the storage
   * again, and limits how many workers share the tenants.
   * @default The server's `citus.shard_count`, which is 32 unless it was changed.
   */
  shards?: number | undefined;
}

/** Read options. */
export interface Distribution {
  readonly shards: number | undefined;
}

/** The most shards that Citus allows. */
const MAX_SHARDS = 64_000;

const OPTIONS = knownOptions<DistributionOptions>("distribute", { shards: true });

/**
 * @param of the call that takes the options, for errors
 * @throws INVALID_ARGUMENTS
 */
export function toDistribution(
  of: string,
  options: boolean | DistributionOptions | undefined,
): Distribution | undefined {
  if (options === undefined || options === false) return undefined;
  if (options === true) return { shards: undefined };
  checkOptions(options, OPTIONS, "distribute");
  const { shards } = options;
  const isUsable =
    shards === undefined || (Number.isSafeInteger(shards) && shards >= 1 && shards <= MAX_SHARDS);
  if (isUsable) return { shards };
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`distribute.shards\` must be a whole number from 1 to ${MAX_SHARDS}.`,
    {
      hint: `Write ${of}({ distribute: { shards: 32 } }), or \`distribute: true\` for the server's default.`,
      details: { path: "distribute.shards" },
    },
  );
}

/** The table by which all others are colocated. */
const FIRST = "tenant";
const LEDGER = "migration";

/**
 * The statements that distribute the tables of a schema by tenant, colocated, so that all rows of a tenant are on one
 * worker. The ledger of migrations is on every node, because each node can be connected to. Tables that are distributed
 * already stay as they are: the statements can be repeated, and distribute the tables of later migrations too.
 *
 * The first table comes first for another reason: moving a shard locks the shards of its tables in the order of their
 * creation, and each transaction begins with the one of `tenant`. In the same order, they never wait for each other.
 * @param schema the quoted name
 */
export function distributionSteps(schema: string, { shards }: Distribution): readonly string[] {
  const { [FIRST]: column, ...others } = TENANT_COLUMNS;
  const count = shards === undefined ? "" : `, shard_count => ${shards}`;
  return [
    // Shards are created on one connection for each worker: many at once would exhaust `max_connections`.
    "SET LOCAL citus.multi_shard_modify_mode TO 'sequential';",
    ...distribute(
      schema,
      FIRST,
      (table) => `create_distributed_table(${table}, '${column}', colocate_with => 'none'${count})`,
    ),
    ...Object.entries(others).flatMap(([name, by]) =>
      distribute(
        schema,
        name,
        (table) =>
          `create_distributed_table(${table}, '${by}', colocate_with => ${text(`${schema}.${FIRST}`)})`,
      ),
    ),
    ...distribute(schema, LEDGER, (table) => `create_reference_table(${table})`),
  ];
}

/** Distributes a table unless it is distributed, and deletes the rows that it had from this node. */
function distribute(
  schema: string,
  name: string,
  create: (table: string) => string,
): readonly string[] {
  const table = text(`${schema}.${name}`);
  return [
    `SELECT pg_catalog.${create(table)} WHERE NOT EXISTS (
  SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = ${table}::pg_catalog.regclass);`,
    `SELECT pg_catalog.truncate_local_data_after_distributing_table(${table})
  WHERE pg_catalog.pg_relation_size(${table}) > 0;`,
  ];
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Returns the names of tables that are not distributed. Parameters: the quoted schema, and the names of all tables. */
export const UNDISTRIBUTED = `SELECT t.name FROM unnest($2::text[]) t(name)
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition p
    WHERE p.logicalrelid = to_regclass($1::text || '.' || t.name))`;

/** The names of the tables that {@link distributionSteps} distributes. */
export const DISTRIBUTED_TABLES: readonly string[] = [...Object.keys(TENANT_COLUMNS), LEDGER];
