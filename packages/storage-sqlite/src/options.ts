import type { Clock, Duration } from "@syntha/core";
import type { SqliteDriver } from "./drivers/driver.ts";

/**
 * The part of better-sqlite3's `Database` that the storage requires. It is a shape, so that programs which only pass a
 * path do not need the types of the driver.
 */
export interface OpenDatabase {
  readonly open: boolean;
  readonly memory: boolean;
  readonly readonly: boolean;
  readonly name: string;
  readonly inTransaction: boolean;
  prepare(source: string): unknown;
  exec(source: string): unknown;
  pragma(source: string): unknown;
}

/** The part of `node:sqlite`'s `DatabaseSync` that the storage requires. */
export interface OpenDatabaseSync {
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  location(name?: string): string | null;
  prepare(source: string): unknown;
  exec(source: string): unknown;
}

interface CommonOptions {
  /**
   * What an acknowledged write survives.
   * - `"power"`: a power cut. SQLite waits for the disk at each commit.
   * - `"process"`: a killed process. A power cut may lose the last commits, but does not damage the file. Several times
   *   faster.
   * @default "power"
   */
  durability?: "power" | "process" | undefined;
  /**
   * Source of the current time. All processes that share a file need about the same time.
   * @default the system's clock
   */
  clock?: Clock | undefined;
  /**
   * How long a call waits for locks of other connections before it rejects with UNAVAILABLE. The event loop is not
   * blocked in the meantime.
   * @default "10s"
   */
  busyTimeout?: Duration | undefined;
  /**
   * How often a watch checks for commits of other processes. It also checks shortly after each write to the log of the file
   * that the file system reports, so a commit usually arrives within milliseconds. Where writes have been reported, it checks
   * 20 times as seldom while there are none.
   * @default "50ms"
   */
  pollEvery?: Duration | undefined;
  /**
   * Whether opening creates a missing file, and creates and upgrades the tables. With `false` they must exist: for
   * programs that only look, which should not upgrade the tables of programs of an older release.
   * @default true
   */
  migrate?: boolean | undefined;
}

interface FileOptions {
  /**
   * Path of a file, or `":memory:"`. A relative path is resolved when the storage is created. A missing file is created,
   * unless `migrate` is `false`; a missing directory is not.
   */
  path: string;
  /**
   * Permissions of the file if the storage creates it, whatever the umask. SQLite gives `PATH-wal` and `PATH-shm` the same
   * mode. Ignored on Windows.
   * @default 0o600, read and write for the owner
   */
  mode?: number | undefined;
  /**
   * The library that opens the file: `nodeSqlite()` of `@syntha/storage-sqlite/node-sqlite` needs no native module.
   * Processes with different drivers can share a file; storages of one process can't.
   * @default better-sqlite3, which has to be installed
   */
  driver?: SqliteDriver | undefined;
  database?: undefined;
}

interface DatabaseOptions {
  /** Your own open database, of better-sqlite3 or `node:sqlite`, which the storage does not close. */
  database: OpenDatabase | OpenDatabaseSync;
  path?: undefined;
  mode?: undefined;
  driver?: undefined;
}

/**
 * Options of {@link SqliteStorage}: a `path` or a `database`, and settings.
 *
 * @example
 * const options: SqliteStorageOptions = { path: "mesh.db", durability: "process", busyTimeout: "2s" };
 */
export type SqliteStorageOptions = CommonOptions & (FileOptions | DatabaseOptions);
