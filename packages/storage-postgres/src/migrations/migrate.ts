import { SynthaError } from "@syntha/core";
import { checkCitus } from "../connection/check-citus.ts";
import type { PgConnection } from "../connection/pg-connection.ts";
import { call, plain } from "../connection/statement.ts";
import { quotedName } from "../connection/statement.ts";
import type { Server } from "../connection/server.ts";
import { BEGIN_WRITE, reading } from "../connection/transaction.ts";
import {
  DISTRIBUTED_TABLES,
  type Distribution,
  distributionSteps,
  UNDISTRIBUTED,
} from "./distribution.ts";
import { MIGRATIONS } from "./index.ts";
import { ledgerSql, statementsOf, stepSql } from "./migration-sql.ts";
import type { Migration } from "./migration.ts";

/** An arbitrary advisory lock; the schema's name is its second half. */
const LOCK = 0x53_79_6e_74;

const HAS_LEDGER = plain(
  "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'migration'",
);
const HAS_SCHEMA = plain("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1");
const FIND_UNDISTRIBUTED = plain(UNDISTRIBUTED);
const TAKE_LOCK = plain(`SELECT pg_advisory_xact_lock(${LOCK}, hashtext($1))`);

/** How a schema is to be brought up to date. */
export interface MigrationTarget {
  /** Where Citus is looked for, and whether it has distributed the tables is recorded. */
  readonly server: Server;
  /** Distributes the tables if they are not. Tables of later migrations follow those that are distributed. */
  readonly distribution?: Distribution | undefined;
  readonly migrations?: readonly Migration[];
}

/**
 * Brings the schema up to date. Any number of processes may do so at once: one migrates, the others wait for the lock and
 * then find nothing left to do. Writes nothing if the schema is up to date.
 * @throws STORAGE_MISMATCH when a newer release has changed the schema in a way that this release can't read
 * @throws MISCONFIGURED when tables are to be distributed without Citus
 */
export async function migrate(
  connection: PgConnection,
  schema: string,
  { server, distribution, migrations = MIGRATIONS }: MigrationTarget,
): Promise<void> {
  if (distribution !== undefined) checkCitus(server);
  const state = await reading(connection, (each) => stateOf(each, schema, server, migrations));
  recordState(server, state);
  if (state.missing.length === 0 && distributionOf(state, distribution) === undefined) return;
  const name = quotedName(schema);
  try {
    await connection.run([BEGIN_WRITE, ...connection.transactionSettings]);
    await connection.run([call(TAKE_LOCK, schema)]);
    // Checked first: if the schema exists, a role without the right to create schemas can do the rest.
    const { rows } = await connection.one(call(HAS_SCHEMA, schema));
    if (rows.length === 0) await connection.run([call(plain(`CREATE SCHEMA ${name}`))]);
    await connection.run([call(plain(ledgerSql(name)))]);
    for (const step of await pending(connection, schema, migrations))
      await connection.run(
        statementsOf(stepSql(name, step)).map((statement) => call(plain(statement))),
      );
    const distributed = distributionOf(
      await stateOf(connection, schema, server, migrations),
      distribution,
    );
    for (const step of distributed === undefined ? [] : distributionSteps(name, distributed))
      await connection.run([call(plain(step))]);
    await connection.run([call(plain("COMMIT"))]);
    if (distributed !== undefined) server.isDistributed = true;
  } catch (error) {
    if (connection.broken === undefined) await connection.run([call(plain("ROLLBACK"))]);
    throw error;
  }
}

/** @throws STORAGE_MISMATCH when a migration is missing, or tables that are to be distributed are not */
export async function checkMigrated(
  connection: PgConnection,
  schema: string,
  { server, distribution }: MigrationTarget,
): Promise<void> {
  if (distribution !== undefined) checkCitus(server);
  const state = await reading(connection, (each) => stateOf(each, schema, server, MIGRATIONS));
  recordState(server, state);
  const { missing, undistributed } = state;
  if (missing.length > 0)
    throw new SynthaError(
      "STORAGE_MISMATCH",
      `Migration ${missing.map(({ version }) => version).join(", ")} is missing in the schema ${quotedName(schema)}.`,
      {
        hint: "Run the output of migrationSql() as a role that may create tables, or open the storage once with `migrate: true`.",
      },
    );
  if (distributionOf(state, distribution) === undefined) return;
  throw new SynthaError(
    "STORAGE_MISMATCH",
    `Tables in the schema ${quotedName(schema)} are not distributed: ${undistributed.join(", ")}.`,
    {
      hint: `Run the output of migrationSql({ from: ${MIGRATIONS.length}, distribute: true }) as the owner of the tables, or open the storage once with \`migrate: true\`.`,
    },
  );
}

interface SchemaState {
  readonly missing: readonly Migration[];
  readonly isDistributed: boolean;
  /** Tables that exist on one node only; all that are missing, too. Empty without Citus. */
  readonly undistributed: readonly string[];
}

async function stateOf(
  connection: Pick<PgConnection, "one">,
  schema: string,
  { citus }: Server,
  migrations: readonly Migration[],
): Promise<SchemaState> {
  const missing = await pending(connection, schema, migrations);
  if (citus === undefined) return { missing, isDistributed: false, undistributed: [] };
  const { rows } = await connection.one(
    call(FIND_UNDISTRIBUTED, quotedName(schema), DISTRIBUTED_TABLES),
  );
  const undistributed = rows.map(([name]) => name as string);
  return { missing, isDistributed: !undistributed.includes("tenant"), undistributed };
}

function recordState(server: Server, { isDistributed }: SchemaState): void {
  if (isDistributed) checkCitus(server);
  server.isDistributed = isDistributed;
}

/** Undefined if no table is to be distributed. */
function distributionOf(
  { isDistributed, undistributed }: SchemaState,
  distribution: Distribution | undefined,
): Distribution | undefined {
  if (undistributed.length === 0) return undefined;
  return distribution ?? (isDistributed ? { shards: undefined } : undefined);
}

async function pending(
  connection: Pick<PgConnection, "one">,
  schema: string,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const { rows: ledger } = await connection.one(call(HAS_LEDGER, schema));
  if (ledger.length === 0) return migrations;
  const { rows } = await connection.one(
    call(plain(`SELECT version, breaking FROM ${quotedName(schema)}.migration`)),
  );
  const done = rows as readonly [number, boolean][];
  const latest = migrations.at(-1)?.version ?? 0;
  const newer = done.filter(([version, breaking]) => breaking && version > latest);
  if (newer.length > 0) throw tooNew(Math.max(...newer.map(([version]) => version)), latest);
  const versions = new Set(done.map(([version]) => version));
  return migrations.filter(({ version }) => !versions.has(version));
}

function tooNew(found: number, known: number): SynthaError {
  return new SynthaError(
    "STORAGE_MISMATCH",
    `The schema has version ${found}, but this release of @syntha/storage-postgres supports only versions up to ${known}.`,
    { hint: "Upgrade @syntha/storage-postgres to at least the release that wrote the schema." },
  );
}
