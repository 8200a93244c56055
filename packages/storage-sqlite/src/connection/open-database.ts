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

interface OpenedFile {
  readonly database: Database;
  /** Undefined for a database in memory. */
  readonly file: TrackedFile | undefined;
}

/** Opens a file of ours, or an empty one; refuses any other without touching it. One try: throws when it is locked. */
export function openDatabase(path: string, sync: SyncMode): OpenedFile {
  if (path === IN_MEMORY)
    return { database: configure(new SqliteDatabase(path), sync), file: undefined };
  try {
    checkWalOwner(realpathSync(path));
    checkFileWithWal(path, DRIVER_WAIT_MS);
    const options = { timeout: DRIVER_WAIT_MS, fileMustExist: true };
    const database = new SqliteDatabase(path, options);
    // At once: preparing the tables takes long enough for a restore to replace the file.
    const file = new TrackedFile(path);
    return { database: configure(database, sync, path), file };
  } catch (error) {
    throw explainCannotOpen(error, path);
  }
}

/** `path` is that of a file which has yet to prove that it is ours. Closes the database when it throws. */
function configure(database: Database, sync: SyncMode, path?: string): Database {
  try {
    checkLibrary(database);
    if (path !== undefined) checkOwnership(database, path);
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
export function prepareDatabase(database: Database, sync: SyncMode): void {
  checkLibrary(database);
  prepare(database, sync);
}

function prepare(database: Database, sync: SyncMode): void {
  checkEncoding(database);
  if (!database.memory && journalMode(database) !== "wal") useWriteAheadLog(database);
  database.pragma(`synchronous = ${sync}`);
  // macOS alone needs to be told that the disk's own cache counts as well.
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
    { hint: "Put the file on a local disk: most network file systems don't support it." },
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
