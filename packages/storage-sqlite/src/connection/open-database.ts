import { realpathSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { explainCannotOpen } from "./database-file.ts";
import { checkLibraryVersion } from "./library-version.ts";
import { checkWalOwner } from "./wal-owners.ts";
import { migrate } from "../migrations/migrate.ts";
import { checkFileWithWal, checkOwnership } from "./file-ownership.ts";
import { TrackedFile } from "./tracked-file.ts";
import { IN_MEMORY } from "../settings.ts";

/** How long the driver waits for a lock. It blocks the process, so longer waits happen outside the driver. */
const DRIVER_WAIT_MS = 3;
/**
 * Pages in the write-ahead log that start a checkpoint, four times SQLite's default: pages that many commits change are
 * written to the file less often, which makes a push a quarter faster.
 */
const WAL_PAGES = 4_000;
/** Size to which the log's file is cut after a large transaction. */
const WAL_BYTES = WAL_PAGES * 4_096;

export type SyncMode = "FULL" | "NORMAL";

interface OpenedFile {
  readonly database: Database;
  /** Undefined for a database in memory. */
  readonly file: TrackedFile | undefined;
}

/** Opens a file of Syntha's or an empty one; refuses any other and leaves it unchanged. Makes one attempt. */
export function openDatabase(path: string, sync: SyncMode): OpenedFile {
  if (path === IN_MEMORY)
    return { database: configure(new SqliteDatabase(path), sync), file: undefined };
  try {
    checkWalOwner(realpathSync(path));
    checkFileWithWal(path, DRIVER_WAIT_MS);
    const options = { timeout: DRIVER_WAIT_MS, fileMustExist: true };
    const database = new SqliteDatabase(path, options);
    // Before the tables are prepared: that takes long enough for a restore to replace the file.
    const file = new TrackedFile(path);
    return { database: configure(database, sync, path), file };
  } catch (error) {
    throw explainCannotOpen(error, path);
  }
}

/** Closes the database when it throws. @param path Of a file whose ownership is to be checked. */
function configure(database: Database, sync: SyncMode, path?: string): Database {
  try {
    checkLibrary(database);
    if (path !== undefined) checkOwnership(database, path);
    database.pragma("foreign_keys = ON");
    database.pragma("trusted_schema = OFF");
    database.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
    database.pragma(`journal_size_limit = ${WAL_BYTES}`);
    prepare(database, sync);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Prepares a database of the user's; changes only the settings that a mesh depends on. */
export function prepareDatabase(database: Database, sync: SyncMode): void {
  checkLibrary(database);
  prepare(database, sync);
}

function prepare(database: Database, sync: SyncMode): void {
  checkEncoding(database);
  if (!database.memory && journalMode(database) !== "wal") useWriteAheadLog(database);
  database.pragma(`synchronous = ${sync}`);
  // On macOS, a sync leaves data in the disk's cache without these.
  database.pragma(`fullfsync = ${sync === "FULL" ? "ON" : "OFF"}`);
  database.pragma("checkpoint_fullfsync = ON");
  migrate(database);
}

function journalMode(database: Database, change = ""): string {
  return String(database.pragma(`journal_mode${change}`, { simple: true }));
}

function useWriteAheadLog(database: Database): void {
  const mode = journalMode(database, " = WAL");
  if (mode === "wal") return;
  throw new SynthaError(
    "MISCONFIGURED",
    `SQLite can't use a write-ahead log for this database; its journal mode stays "${mode}".`,
    { hint: "Put the file on a local disk: most network file systems do not support such a log." },
  );
}

/** SQLite orders text by its bytes; only in UTF-8 is that the order of code points. */
function checkEncoding(database: Database): void {
  const encoding = String(database.pragma("encoding", { simple: true }));
  if (encoding === "UTF-8") return;
  throw new SynthaError("STORAGE_MISMATCH", `The text encoding of this database is ${encoding}.`, {
    hint: "Use a database in UTF-8, SQLite's default.",
  });
}

function checkLibrary(database: Database): void {
  checkLibraryVersion(String(database.prepare("SELECT sqlite_version()").pluck().get()));
}
