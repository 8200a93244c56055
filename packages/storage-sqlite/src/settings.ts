import { SynthaError } from "@syntha/core";
import {
  type Clock,
  type Durability,
  refuseUnknownOptions,
  systemClock,
  toMs,
  wholeMs,
} from "@syntha/core/storage";
import type { Database } from "better-sqlite3";
import type { SqliteStorageOptions } from "./options.ts";

export interface Settings {
  readonly source: { readonly path: string } | { readonly database: Database };
  readonly durability: "power" | "process";
  readonly clock: Clock;
  readonly busyMs: number;
  readonly pollMs: number;
}

const NAMES = ["path", "database", "durability", "clock", "busyTimeout", "pollEvery"];

/** @throws INVALID_ARGUMENTS */
export function toSettings(options: SqliteStorageOptions): Settings {
  refuseUnknownOptions(options, NAMES);
  const { path, database, durability = "power", clock = systemClock } = options;
  if ((typeof path === "string" && path !== "") === (database !== undefined))
    throw invalid("A storage needs a file's path or an open database, one of both.", "path");
  if (durability !== "power" && durability !== "process")
    throw invalid(`"${String(durability)}" is no durability.`, "durability");
  return {
    source: database === undefined ? { path: path as string } : { database: database as Database },
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
