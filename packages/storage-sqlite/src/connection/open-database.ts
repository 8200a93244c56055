import { realpathSync } from "node:fs";
import { isSynthaError, SynthaError } from "@syntha/core";
import type { FileDatabase, FileDriver } from "../drivers/driver.ts";
import { explainCannotOpen, fileNameOf } from "./database-file.ts";
import { checkLibraryVersion } from "./library-version.ts";
import { checkWalOwner } from "./wal-owners.ts";
import { checkMigrated, migrate } from "../migrations/migrate.ts";
import { checkFileWithWal, checkOwnership, claimOwnership } from "./file-ownership.ts";
import { pragma } from "./pragma.ts";
import { TrackedFile } from "./tracked-file.ts";
import { Transactions } from "./transaction.ts";
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

type SyncMode = "FULL" | "NORMAL";

/** How a database is prepared. */
export interface Preparation {
  readonly sync: SyncMode;
  /** Whether missing tables are created, and older ones upgraded; otherwise they are refused. */
  readonly migrate: boolean;
}

interface OpenedFile {
  readonly database: FileDatabase;
  /** Undefined for a database in memory. */
  readonly file: TrackedFile | undefined;
}

/** Opens a file of Syntha's or an empty one; refuses any other and leaves it unchanged. Makes one attempt. */
export function openDatabase(
  driver: FileDriver,
  path: string,
  preparation: Preparation,
): OpenedFile {
  if (path === IN_MEMORY)
    return { database: configure(driver.openInMemory(), preparation), file: undefined };
  try {
    checkWalOwner(realpathSync(path));
    checkFileWithWal(driver, path, DRIVER_WAIT_MS);
    const database = driver.openFile(path, { isReadOnly: false, waitMs: DRIVER_WAIT_MS });
    // Before the tables are prepared: that takes long enough for a restore to replace the file.
    const file = new TrackedFile(path);
    return { database: configure(database, preparation, path), file };
  } catch (error) {
    throw explainCannotOpen(error, path);
  }
}

/** Closes the database when it throws. @param path Of a file whose ownership is to be checked. */
function configure(database: FileDatabase, preparation: Preparation, path?: string): FileDatabase {
  try {
    checkLibrary(database);
    if (path !== undefined) checkOwnership(database, path);
    database.exec("PRAGMA foreign_keys = ON");
    database.exec("PRAGMA trusted_schema = OFF");
    database.exec(`PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
    database.exec(`PRAGMA journal_size_limit = ${WAL_BYTES}`);
    prepare(database, preparation);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Prepares a database of the user's; changes only the settings that a mesh depends on. */
export function prepareDatabase(database: FileDatabase, preparation: Preparation): void {
  checkLibrary(database);
  prepare(database, preparation);
}

function prepare(database: FileDatabase, { sync, migrate: isMigrated }: Preparation): void {
  checkEncoding(database);
  // First: a change of the journal mode is one of the file.
  if (!isMigrated) checkMigrated(database, fileNameOf(database) || "the database");
  if (!database.isInMemory && journalMode(database) !== "wal") useWriteAheadLog(database);
  database.exec(`PRAGMA synchronous = ${sync}`);
  // On macOS, a sync leaves data in the disk's cache without these.
  database.exec(`PRAGMA fullfsync = ${sync === "FULL" ? "ON" : "OFF"}`);
  database.exec("PRAGMA checkpoint_fullfsync = ON");
  if (isMigrated) runMigrations(database);
}

/** An unknown outcome of the commit does not matter: the next opening finds the migrations done or pending. */
function runMigrations(database: FileDatabase): void {
  try {
    migrate(database, new Transactions(database), { onEmpty: () => claimOwnership(database) });
  } catch (error) {
    throw isSynthaError(error, "UNKNOWN_OUTCOME") ? error.cause : error;
  }
}

function journalMode(database: FileDatabase, change = ""): string {
  return String(pragma(database, `journal_mode${change}`)?.[0]);
}

function useWriteAheadLog(database: FileDatabase): void {
  const mode = journalMode(database, " = WAL");
  if (mode === "wal") return;
  throw new SynthaError(
    "MISCONFIGURED",
    `SQLite can't use a write-ahead log for this database; its journal mode stays "${mode}".`,
    { hint: "Put the file on a local disk: most network file systems do not support such a log." },
  );
}

/** SQLite orders text by its bytes; only in UTF-8 is that the order of code points. */
function checkEncoding(database: FileDatabase): void {
  const encoding = String(pragma(database, "encoding")?.[0]);
  if (encoding === "UTF-8") return;
  throw new SynthaError("STORAGE_MISMATCH", `The text encoding of this database is ${encoding}.`, {
    hint: "Use a database in UTF-8, SQLite's default.",
  });
}

function checkLibrary(database: FileDatabase): void {
  checkLibraryVersion(String(database.query("SELECT sqlite_version()").get()?.[0]));
}
