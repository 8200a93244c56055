import { statSync } from "node:fs";
import { SynthaError } from "@syntha/core";
import SqliteDatabase, { type Database } from "better-sqlite3";

/** The class that a native addon makes its databases of: one for each copy of SQLite. */
type Copy = unknown;

const REGISTRY = Symbol.for("@syntha/storage-sqlite/open-files");

/** By each open file, the copies of SQLite that have it open, whatever instance of this module opened it. */
function openFiles(): Map<string, Map<object, Copy>> {
  const scope = globalThis as { [REGISTRY]?: Map<string, Map<object, Copy>> };
  return (scope[REGISTRY] ??= new Map());
}

/**
 * Registers a file as open by `database`, or by this module's own driver. Called before the file is opened: two copies of
 * SQLite in one process release each other's locks on it (POSIX), and other programs could then delete its log.
 * @returns a function that ends the registration
 * @throws MISCONFIGURED when another copy has the file open
 */
export function registerOpenFile(path: string, database?: Database): () => void {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  const copy = database === undefined ? ownCopy() : copyOf(database);
  if (stats === undefined || copy === undefined) return () => {};
  const files = openFiles();
  const key = `${stats.dev}:${stats.ino}`;
  const holders = files.get(key) ?? new Map<object, Copy>();
  if ([...holders.values()].some((other) => other !== copy)) throw isOpenElsewhere(path);
  const holder = {};
  holders.set(holder, copy);
  files.set(key, holders);
  return () => {
    if (holders.delete(holder) && holders.size === 0) files.delete(key);
  };
}

let own: Copy;

function ownCopy(): Copy {
  if (own === undefined) {
    const database = new SqliteDatabase(":memory:");
    own = copyOf(database);
    database.close();
  }
  return own;
}

/**
 * The driver's class may exist several times over one addon, as bundlers and test runners load it; the addon's is one.
 * Undefined for an object that only looks like a database.
 */
function copyOf(database: Database): Copy {
  const values = Object.getOwnPropertySymbols(database).map(
    (symbol) => (database as unknown as Record<symbol, unknown>)[symbol],
  );
  return values.find((value) => typeof value === "object" && value !== null)?.constructor;
}

function isOpenElsewhere(path: string): SynthaError {
  return new SynthaError(
    "MISCONFIGURED",
    `This process has ${path} open by another copy of better-sqlite3. Two copies of SQLite in one process release each other's locks on a file.`,
    {
      hint: "Install one version of better-sqlite3 (`npm ls better-sqlite3` lists them), or use one storage for both.",
    },
  );
}
