import { SynthaError } from "@syntha/core";
import type { SqlDatabase, SqlTransactions } from "../sql/database.ts";
import { MIGRATIONS } from "./index.ts";
import type { Migration } from "./migration.ts";

export interface MigrateOptions {
  /** Called in the transaction of the migrations if the database has no tables yet. */
  onEmpty?: (() => void) | undefined;
  migrations?: readonly Migration[] | undefined;
}

/**
 * Runs pending migrations; without any it writes nothing. Any number of processes may run it at once: one migrates, and
 * the others wait for the lock and then find nothing pending.
 * @throws STORAGE_MISMATCH when a newer release has changed the schema in a way that this one can't read
 */
export function migrate(
  database: SqlDatabase,
  transactions: SqlTransactions,
  { onEmpty, migrations = MIGRATIONS }: MigrateOptions = {},
): void {
  if (pending(database, migrations).length === 0) return;
  transactions.write(() => {
    if (isEmpty(database)) onEmpty?.();
    database.exec(`CREATE TABLE IF NOT EXISTS syntha_migration (
      version INTEGER PRIMARY KEY, breaking INTEGER NOT NULL, at INTEGER NOT NULL) STRICT`);
    const record = database.command("INSERT INTO syntha_migration VALUES (?, ?, ?)");
    for (const { version, breaking, sql } of pending(database, migrations)) {
      // Ledger row first: a second migrator fails here, before it changes a table.
      record.run(version, breaking ? 1 : 0, Date.now());
      database.exec(sql);
    }
  });
}

/** Changes nothing. @throws STORAGE_MISMATCH when a migration is missing, or a newer release has changed the schema */
export function checkMigrated(database: SqlDatabase, name: string): void {
  const missing = pending(database, MIGRATIONS);
  if (missing.length === 0) return;
  const versions = missing.map(({ version }) => version).join(", ");
  throw new SynthaError("STORAGE_MISMATCH", `Migration ${versions} is missing in ${name}.`, {
    hint: "Open the storage once with `migrate: true`, which creates and upgrades the tables.",
  });
}

function pending(database: SqlDatabase, migrations: readonly Migration[]): readonly Migration[] {
  if (!hasLedger(database)) return migrations;
  const done = database.query("SELECT version, breaking FROM syntha_migration").all() as [
    number,
    number,
  ][];
  const latest = migrations.at(-1)?.version ?? 0;
  const newer = done.filter(([version, breaking]) => breaking === 1 && version > latest);
  if (newer.length > 0) throw tooNew(Math.max(...newer.map(([version]) => version)), latest);
  const versions = new Set(done.map(([version]) => version));
  return migrations.filter(({ version }) => !versions.has(version));
}

function hasLedger(database: SqlDatabase): boolean {
  const ledger = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'syntha_migration'";
  return database.query(ledger).get() !== undefined;
}

function isEmpty(database: SqlDatabase): boolean {
  return database.query("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function tooNew(found: number, known: number): SynthaError {
  return new SynthaError(
    "STORAGE_MISMATCH",
    `This database has schema version ${found}; this release of @syntha/storage-sqlite supports up to ${known}.`,
    { hint: "Upgrade @syntha/storage-sqlite to at least the release that wrote the database." },
  );
}
