import { type Duration, SynthaError } from "@syntha/core";
import { type Clock, type Durability, systemClock, toMs, wholeMs } from "@syntha/core/storage";
import type { Database } from "better-sqlite3";

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
  ({ path: string; database?: never } | { database: Database; path?: never });

export interface Settings {
  readonly source: { readonly path: string } | { readonly database: Database };
  readonly durability: "power" | "process";
  readonly clock: Clock;
  readonly busyMs: number;
  readonly pollMs: number;
}

/** @throws INVALID_ARGUMENTS */
export function toSettings(options: SqliteStorageOptions): Settings {
  const { path, database, durability = "power", clock = systemClock } = options;
  if ((typeof path === "string" && path !== "") === (database !== undefined))
    throw invalid("A storage needs a file's path or an open database, one of both.", "path");
  if (durability !== "power" && durability !== "process")
    throw invalid(`"${String(durability)}" is no durability.`, "durability");
  return {
    source: database === undefined ? { path: path as string } : { database },
    durability,
    clock: wholeMs(clock),
    busyMs: toMs("busyTimeout", options.busyTimeout ?? "10s", true),
    // Timers hold no more.
    pollMs: Math.min(toMs("pollEvery", options.pollEvery ?? "50ms"), 2 ** 31 - 1),
  };
}

/** What has no file is gone with the process. */
export function durabilityOf({ source, durability }: Settings): Durability {
  const isInMemory = "path" in source ? source.path === ":memory:" : source.database.memory;
  return isInMemory ? "none" : durability;
}

function invalid(message: string, path: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: `Write new SqliteStorage({ path: "mesh.db" }), with durability "power" or "process", and times as 500, "500ms" or "10s".`,
    details: { path },
  });
}
