import type { Clock, Duration } from "@syntha/core";
import type { OpenDatabase } from "./open-database.ts";

interface SqliteSettings {
  /**
   * What an acknowledged write survives. `"power"`: a power cut, as SQLite waits for the disk at each commit.
   * `"process"`: a killed process; a power cut may take the last commits, but damages nothing. Some times faster.
   * Default: `"power"`, since who pushes an item expects it to stay.
   */
  durability?: "power" | "process";
  /** Where the time comes from. Default: the system's clock. All processes on one file need about the same time. */
  clock?: Clock;
  /** How long to wait for other connections' locks before giving up with UNAVAILABLE. Default: 10 seconds. */
  busyTimeout?: Duration;
  /** How often to look for other processes' commits while something is watched. Default: 50 milliseconds. */
  pollEvery?: Duration;
}

/** A file of ours (made when it is missing), or an open database of yours that we never close. */
export type SqliteStorageOptions = SqliteSettings &
  ({ path: string; database?: never } | { database: OpenDatabase; path?: never });
