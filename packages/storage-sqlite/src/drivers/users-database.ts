import type { Database } from "better-sqlite3";
import type { DatabaseSync } from "node:sqlite";
import { BetterSqlite3Database } from "./better-sqlite3.ts";
import type { FileDatabase } from "./driver.ts";
import { NodeSqliteDatabase } from "./node-sqlite.ts";

/** Recognizes a database by its shape, so that no library is loaded; undefined for any other object. */
export function databaseOfUser(given: unknown): FileDatabase | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  if ("pragma" in given && "inTransaction" in given)
    return new BetterSqlite3Database(given as Database);
  if ("location" in given && "isTransaction" in given)
    return new NodeSqliteDatabase(given as DatabaseSync);
  return undefined;
}
