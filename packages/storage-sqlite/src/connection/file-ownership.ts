import { existsSync, realpathSync, statSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import type { FileDatabase, FileDriver } from "../drivers/driver.ts";
import { pragma } from "./pragma.ts";
import { Transactions } from "./transaction.ts";

/** "Synt", in the header of files that Syntha created. */
const APPLICATION_ID = 0x53_79_6e_74;

/**
 * Refuses another program's file whose write-ahead log still holds changes; a missing or empty file passes. It runs before
 * any other connection, on a read-only one: closing a connection that can write would move the log into the file.
 *
 * The file is read through SQLite only. Closing any other descriptor of it would release all locks that this process has
 * on the file (POSIX), and other programs could then delete the log.
 * @param waitMs How long the driver may block the process to wait for a lock.
 * @throws STORAGE_MISMATCH
 */
export function checkFileWithWal(driver: FileDriver, path: string, waitMs: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // The log is next to the file, not next to a symbolic link to it.
  if (size === 0 || !existsSync(`${realpathSync(path)}-wal`)) return;
  const database = driver.openFile(path, { isReadOnly: true, waitMs });
  try {
    checkOwnership(database, path);
  } finally {
    database.close();
  }
}

/** @throws STORAGE_MISMATCH unless the database is Syntha's or empty */
export function checkOwnership(database: FileDatabase, path: string): void {
  // In one snapshot: another process may be creating its tables.
  const [id, hasTables] = new Transactions(database).read(() => [
    applicationId(database),
    database.query("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== undefined,
  ]);
  if (id === APPLICATION_ID) return;
  if (id !== 0) throw isForeign(path, "belongs to another application");
  if (hasTables) throw isForeign(path, "has tables of another program");
}

/** Marks a database without tables as Syntha's, unless it has another mark. */
export function claimOwnership(database: FileDatabase): void {
  if (applicationId(database) === 0) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

function applicationId(database: FileDatabase): number {
  return Number(pragma(database, "application_id")?.[0]);
}

function isForeign(path: string, why: string): SynthaError {
  return new SynthaError("STORAGE_MISMATCH", `${path} ${why}; it was not changed.`, {
    hint: "Pass another path. To use a database that has your own tables, open it yourself: new SqliteStorage({ database }).",
  });
}
