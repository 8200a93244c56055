import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { SynthaError } from "@syntha/core";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { checkLibraryVersion } from "./library-version.ts";
import { migrate } from "./migrations/migrate.ts";
import { checkFileWithLog, checkOwnDatabase } from "./own-file.ts";

/** How long the driver itself waits for a lock. It blocks the whole process meanwhile, so the rest is waited for outside. */
const DRIVER_WAIT_MS = 3;
/**
 * Pages that the write-ahead log gathers before they go into the file, four times SQLite's own choice: pages that many
 * commits change are then written there less often, which takes a quarter off a push.
 */
const LOG_PAGES = 4_000;
/** What stays of the write-ahead log's file after a large transaction. */
const LOG_FILE_BYTES = LOG_PAGES * 4_096;

export type SyncMode = "FULL" | "NORMAL";

/** Opens a file of ours, or makes one; refuses any other without touching it. One try: throws when it is locked. */
export function openFile(path: string, sync: SyncMode): Database {
  const inMemory = path === "" || path === ":memory:";
  if (!inMemory) {
    if (!path.startsWith("file:") && !existsSync(dirname(path))) throw noDirectory(path);
    checkFileWithLog(path);
  }
  const database = new SqliteDatabase(path, { timeout: DRIVER_WAIT_MS });
  try {
    checkLibrary(database);
    if (!inMemory) checkOwnDatabase(database, path);
    database.pragma("foreign_keys = ON");
    database.pragma("trusted_schema = OFF");
    database.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
    database.pragma(`journal_size_limit = ${LOG_FILE_BYTES}`);
    prepare(database, sync);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Prepares a database of the user's; only what meshes in it can't do without is changed. */
export function adopt(database: Database, sync: SyncMode): void {
  checkLibrary(database);
  prepare(database, sync);
}

function prepare(database: Database, sync: SyncMode): void {
  checkEncoding(database);
  const mode = String(database.pragma("journal_mode", { simple: true }));
  if (mode !== "wal" && mode !== "memory") useWriteAheadLog(database);
  database.pragma(`synchronous = ${sync}`);
  // macOS alone needs to be told that the disk's own cache counts as well.
  database.pragma(`fullfsync = ${sync === "FULL" ? "ON" : "OFF"}`);
  database.pragma("checkpoint_fullfsync = ON");
  migrate(database);
}

function useWriteAheadLog(database: Database): void {
  const mode = String(database.pragma("journal_mode = WAL", { simple: true }));
  if (mode === "wal") return;
  throw new SynthaError(
    "UNAVAILABLE",
    `SQLite keeps no write-ahead log here (its journal mode stays "${mode}").`,
    {
      hint: "Put the file on a local disk: network file systems lack what a write-ahead log needs.",
    },
  );
}

/** SQLite orders text by its bytes: only those of UTF-8 stand in the order of code points. */
function checkEncoding(database: Database): void {
  const encoding = String(database.pragma("encoding", { simple: true }));
  if (encoding === "UTF-8") return;
  throw new SynthaError("STORAGE_MISMATCH", `This database keeps its text as ${encoding}.`, {
    hint: "Use a database with UTF-8, SQLite's default.",
  });
}

function checkLibrary(database: Database): void {
  checkLibraryVersion(String(database.prepare("SELECT sqlite_version()").pluck().get()));
}

function noDirectory(path: string): SynthaError {
  return new SynthaError("UNAVAILABLE", `There is no directory ${dirname(path)}.`, {
    hint: "Create the directory first, or name a file in one that is there.",
  });
}
