import { existsSync, realpathSync, statSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { APPLICATION_ID } from "../migrations/migrate.ts";

/**
 * Refuses another program's file whose write-ahead log still holds changes; a missing or empty file passes. Closing a
 * connection that can write moves the log into the file, so this one can only read. Run before any other connection.
 *
 * Every look at the file goes through SQLite: closing a descriptor of this process that SQLite does not know of would
 * release all locks that the process holds on the file (POSIX), and other programs could then delete the log.
 * @param timeout how long the driver may block the process to wait for a lock, in milliseconds
 * @throws STORAGE_MISMATCH
 */
export function checkFileWithWal(path: string, timeout: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // The log lies beside the file, not beside a symbolic link to it.
  if (size === 0 || !existsSync(`${realpathSync(path)}-wal`)) return;
  const database = new SqliteDatabase(path, { readonly: true, timeout });
  try {
    checkOwnership(database, path);
  } finally {
    database.close();
  }
}

/** @throws STORAGE_MISMATCH unless the database is ours or holds nothing. */
export function checkOwnership(database: Database, path: string): void {
  // Both in one snapshot: another process may be making its tables just now.
  const [id, hasTables] = database.transaction(() => [
    Number(database.pragma("application_id", { simple: true })),
    database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined,
  ])();
  if (id === APPLICATION_ID) return;
  if (id !== 0) throw notOurs(path, "belongs to another application");
  if (hasTables) throw notOurs(path, "has tables of something else");
}

function notOurs(path: string, why: string): SynthaError {
  return new SynthaError("STORAGE_MISMATCH", `The file ${path} ${why}, so it was left alone.`, {
    hint: "Name another file. To keep meshes beside your own tables, open the database yourself and hand it in: new SqliteStorage({ database }).",
  });
}
