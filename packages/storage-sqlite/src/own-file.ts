import { SynthaError } from "@syntha/core";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { hasWriteAheadLog, readFileHeader } from "./file-header.ts";
import { APPLICATION_ID } from "./migrations/migrate.ts";

/**
 * Refuses a file that holds something else, before anything could touch it; a missing or empty one is fine.
 * @throws STORAGE_MISMATCH
 */
export function checkOwnFile(path: string): void {
  const header = readFileHeader(path);
  if (header.isEmpty || header.applicationId === APPLICATION_ID) return;
  if (!header.isSqlite) throw notOurs(path, "is no SQLite database");
  if (header.applicationId !== 0) throw notOurs(path, "belongs to another application");
  if (header.hasTables) throw notOurs(path, "has tables of something else");
  // A first opener may be at work, or have died: what the file is to become stands in its write-ahead log.
  if (hasWriteAheadLog(path)) checkByReading(path);
}

function checkByReading(path: string): void {
  const database = new SqliteDatabase(path, { readonly: true });
  try {
    checkOwnDatabase(database, path);
  } finally {
    database.close();
  }
}

/** @throws STORAGE_MISMATCH unless the database is ours or holds nothing. */
export function checkOwnDatabase(database: Database, path: string): void {
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
