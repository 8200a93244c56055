import { SynthaError } from "@syntha/core";
import type { PgConnection } from "../connection/pg-connection.ts";
import { call, plain } from "../connection/statement.ts";
import { quotedName } from "../connection/statement.ts";
import { BEGIN_WRITE, reading } from "../connection/transaction.ts";
import { MIGRATIONS } from "./index.ts";
import { ledgerSql, stepSql } from "./migration-sql.ts";
import type { Migration } from "./migration.ts";

/** An arbitrary advisory lock; the schema's name is its second half. */
const LOCK = 0x53_79_6e_74;

const HAS_LEDGER = plain(
  "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'migration'",
);
const HAS_SCHEMA = plain("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1");
const TAKE_LOCK = plain(`SELECT pg_advisory_xact_lock(${LOCK}, hashtext($1))`);

/**
 * Brings the schema up to date. Any number of processes may do so at once: one migrates, the others wait for the lock and
 * then find nothing left to do. Writes nothing if the schema is up to date.
 * @throws STORAGE_MISMATCH when a newer release has changed the schema in a way that this release can't read
 */
export async function migrate(
  connection: PgConnection,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const missing = await reading(connection, (each) => pending(each, schema, migrations));
  if (missing.length === 0) return;
  const name = quotedName(schema);
  try {
    await connection.run([BEGIN_WRITE, ...connection.transactionSettings]);
    await connection.run([call(TAKE_LOCK, schema)]);
    // Checked first: if the schema exists, a role without the right to create schemas can do the rest.
    const { rows } = await connection.one(call(HAS_SCHEMA, schema));
    if (rows.length === 0) await connection.run([call(plain(`CREATE SCHEMA ${name}`))]);
    await connection.run([call(plain(ledgerSql(name)))]);
    for (const step of await pending(connection, schema, migrations))
      await connection.run([call(plain(stepSql(name, step)))]);
    await connection.run([call(plain("COMMIT"))]);
  } catch (error) {
    if (connection.broken === undefined) await connection.run([call(plain("ROLLBACK"))]);
    throw error;
  }
}

/** @throws STORAGE_MISMATCH when a migration is missing */
export async function checkMigrated(connection: PgConnection, schema: string): Promise<void> {
  const missing = await reading(connection, (each) => pending(each, schema, MIGRATIONS));
  if (missing.length === 0) return;
  throw new SynthaError(
    "STORAGE_MISMATCH",
    `Migration ${missing.map(({ version }) => version).join(", ")} is missing in the schema ${quotedName(schema)}.`,
    {
      hint: "Run the output of migrationSql() as a role that may create tables, or open the storage once with `migrate: true`.",
    },
  );
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
