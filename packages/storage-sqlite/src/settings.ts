import { resolve } from "node:path";
import { SynthaError } from "@syntha/core";
import {
  checkFlag,
  checkOptions,
  type Clock,
  type Durability,
  knownOptions,
  MAX_TIMER_MS,
  systemClock,
  toMs,
  wholeMs,
} from "@syntha/core/storage";
import { betterSqlite3 } from "./drivers/default-driver.ts";
import type { FileDatabase, SqliteDriver } from "./drivers/driver.ts";
import { databaseOfUser } from "./drivers/users-database.ts";
import type { SqliteStorageOptions } from "./options.ts";

export const IN_MEMORY = ":memory:";

export interface FileSource {
  /** Absolute, or `IN_MEMORY`. */
  readonly path: string;
  /** Permissions of a file that is created. */
  readonly mode: number;
  readonly driver: SqliteDriver;
}

export interface Settings {
  readonly source: FileSource | { readonly database: FileDatabase };
  readonly durability: "power" | "process";
  readonly clock: Clock;
  readonly busyMs: number;
  readonly pollMs: number;
  /** Whether opening creates and upgrades; otherwise it only checks. */
  readonly migrate: boolean;
}

const OPTIONS = knownOptions<SqliteStorageOptions>("new SqliteStorage", {
  path: true,
  mode: true,
  driver: true,
  database: true,
  durability: true,
  clock: true,
  busyTimeout: true,
  pollEvery: true,
  migrate: true,
});

/** @throws INVALID_ARGUMENTS */
export function toSettings(options: SqliteStorageOptions): Settings {
  checkOptions(options, OPTIONS);
  const { path, mode, driver, database, durability = "power", clock = systemClock } = options;
  if ((path === undefined) === (database === undefined))
    throw invalid("Pass exactly one of `path` or `database`.", "path");
  const usersDatabase = database === undefined ? undefined : databaseOfUser(database);
  if (database !== undefined && usersDatabase === undefined)
    throw invalid(
      "`database` must be a Database of better-sqlite3, or a DatabaseSync of node:sqlite.",
      "database",
    );
  if (durability !== "power" && durability !== "process")
    throw invalid('`durability` must be "power" or "process".', "durability");
  if (database !== undefined && mode !== undefined)
    throw invalid(
      "`mode` applies to a file that the storage creates: pass it with `path`.",
      "mode",
    );
  if (database !== undefined && driver !== undefined)
    throw invalid("`driver` opens a file: pass it with `path`.", "driver");
  const { migrate = true } = options;
  checkFlag("migrate", migrate);
  if (!migrate && path === IN_MEMORY)
    throw invalid(
      "A database in memory has no tables before it is opened: omit `migrate`.",
      "migrate",
    );
  return {
    source: usersDatabase ? { database: usersDatabase } : toFile(path, mode, driver),
    durability,
    clock: wholeMs(clock),
    busyMs: toMs("busyTimeout", options.busyTimeout ?? "10s", true),
    pollMs: Math.min(toMs("pollEvery", options.pollEvery ?? "50ms"), MAX_TIMER_MS),
    migrate,
  };
}

/** The path becomes absolute, so that a later change of the working directory does not affect it. */
function toFile(
  given: unknown,
  mode: unknown = 0o600,
  driver: unknown = betterSqlite3,
): FileSource {
  const path = typeof given === "string" ? given.trim() : "";
  if (path === "" || path.includes("\0"))
    throw invalid("`path` must be the path of a file.", "path");
  if (path.startsWith("file:"))
    throw invalid("`path` must be a file's path, not a URI: omit `file:`.", "path");
  if (!isMode(mode))
    throw invalid(
      "`mode` must include read and write for the owner and no execute bit, such as 0o600 or 0o660.",
      "mode",
    );
  if (!isDriver(driver))
    throw invalid(
      '`driver` must be nodeSqlite() of "@syntha/storage-sqlite/node-sqlite".',
      "driver",
    );
  return { path: path === IN_MEMORY ? path : resolve(path), mode, driver };
}

function isDriver(given: unknown): given is SqliteDriver {
  return (
    typeof given === "object" &&
    given !== null &&
    "load" in given &&
    typeof given.load === "function"
  );
}

function isMode(mode: unknown): mode is number {
  return (
    Number.isInteger(mode) &&
    ((mode as number) & 0o600) === 0o600 &&
    ((mode as number) & ~0o666) === 0
  );
}

/** A database in memory is lost with the process. */
export function durabilityOf({ source, durability }: Settings): Durability {
  const isInMemory = "path" in source ? source.path === IN_MEMORY : source.database.isInMemory;
  return isInMemory ? "none" : durability;
}

function invalid(message: string, path: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `Write new SqliteStorage({ path: "mesh.db" }), with durability "power" or "process", and times as 500, "500ms" or "10s".`,
    details: { path },
  });
}
