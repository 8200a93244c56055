import { statSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import SqliteDatabase, { type Database } from "better-sqlite3";

/** The native addon's class of databases: one per copy of SQLite in the process. */
type Copy = unknown;

const REGISTRY = Symbol.for("@syntha/storage-sqlite/open-files");

/** Shared by all instances of this module: which copies of SQLite have a file open. */
function openFiles(): Map<string, Map<object, Copy>> {
  const scope = globalThis as { [REGISTRY]?: Map<string, Map<object, Copy>> };
  return (scope[REGISTRY] ??= new Map());
}

/**
 * Registers a file as open by `database`, by default by this module's driver. Call it before the file is opened: two
 * copies of SQLite in one process release each other's locks on a file (POSIX), and other programs could then delete its
 * log.
 * @returns A function that ends the registration.
 * @throws MISCONFIGURED when another copy has the file open
 */
export function registerOpenFile(path: string, database?: Database): () => void {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  const copy = database === undefined ? driverCopy() : copyOf(database);
  if (stats === undefined || copy === undefined) return () => {};
  const files = openFiles();
  const key = `${stats.dev}:${stats.ino}`;
  const holders = files.get(key) ?? new Map<object, Copy>();
  if ([...holders.values()].some((other) => other !== copy)) throw openByAnotherCopy(path);
  const holder = {};
  holders.set(holder, copy);
  files.set(key, holders);
  return () => {
    if (holders.delete(holder) && holders.size === 0) files.delete(key);
  };
}

let driver: Copy;

function driverCopy(): Copy {
  if (driver === undefined) {
    const database = new SqliteDatabase(":memory:");
    driver = copyOf(database);
    database.close();
  }
  return driver;
}

/**
 * Bundlers and test runners may load the driver's class several times for one addon, so the addon's class counts.
 * Undefined for an object that only has the shape of a database.
 */
function copyOf(database: Database): Copy {
  const values = Object.getOwnPropertySymbols(database).map(
    (symbol) => (database as unknown as Record<symbol, unknown>)[symbol],
  );
  return values.find((value) => typeof value === "object" && value !== null)?.constructor;
}

function openByAnotherCopy(path: string): SynthaError {
  return new SynthaError(
    "MISCONFIGURED",
    `Another copy of better-sqlite3 in this process has ${path} open. Two copies of SQLite in one process release each other's locks on a file.`,
    {
      hint: "Install one version of better-sqlite3 (`npm ls better-sqlite3` lists them), or share one storage.",
    },
  );
}
