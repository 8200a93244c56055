import type { Clock, Duration } from "@syntha/core";

/**
 * What is asked of an open database of yours: every `Database` of better-sqlite3 is one. By its shape, so that programs
 * that only name a file need no types of the driver.
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

interface SqliteSettings {
  /**
   * What an acknowledged write survives. `"power"`: a power cut, as SQLite waits for the disk at each commit.
   * `"process"`: a killed process; a power cut may take the last commits, but damages nothing. Some times faster.
   * Default: `"power"`, since who pushes an item expects it to stay.
   */
  durability?: "power" | "process" | undefined;
  /** Where the time comes from. Default: the system's clock. All processes on one file need about the same time. */
  clock?: Clock | undefined;
  /** How long to wait for other connections' locks before giving up with UNAVAILABLE. Default: 10 seconds. */
  busyTimeout?: Duration | undefined;
  /** How often to look for other processes' commits while something is watched. Default: 50 milliseconds. */
  pollEvery?: Duration | undefined;
}

interface SqliteFile {
  /**
   * A file's path, or `":memory:"`. A relative one is resolved when the storage is created. The file is created when it
   * is missing, its directory is not.
   */
  path: string;
  /**
   * Permissions of the file when the storage creates it, whatever the umask; SQLite gives them to `PATH-wal` and
   * `PATH-shm` as well. A file that exists keeps its own. Ignored on Windows.
   * @default 0o600: only the user that the process runs as can read and write it
   */
  mode?: number | undefined;
  database?: undefined;
}

interface UsersDatabase {
  /** An open better-sqlite3 database of yours, which the storage never closes. */
  database: OpenDatabase;
  path?: undefined;
  mode?: undefined;
}

/** A file, or an open database of yours. */
export type SqliteStorageOptions = SqliteSettings & (SqliteFile | UsersDatabase);
