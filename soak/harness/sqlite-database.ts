import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import type { Database } from "./database.ts";
import { createStorage } from "./storage.ts";

type Kind = "sqlite" | "node-sqlite";

/** Creates a database file in a temporary folder, to be opened by better-sqlite3 or by `node:sqlite`. */
export function sqliteDatabase(kind: Kind): Database {
  const folder = mkdtempSync(join(tmpdir(), "syntha-soak-"));
  const address = { kind, path: join(folder, "mesh.db") };
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    kind,
    address,
    storage: (clock) => createStorage(address, clock),
    async integrity() {
      const [row] = rowsOf(address, "PRAGMA integrity_check") as [{ integrity_check: string }];
      return row.integrity_check === "ok" ? undefined : row.integrity_check;
    },
    async schema() {
      const tables = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
      const steps = "SELECT version, breaking FROM syntha_migration ORDER BY version";
      return JSON.stringify([tables, steps].map((sql) => rowsOf(address, sql)));
    },
    async remove() {
      process.off("exit", remove);
      remove();
    },
  };
}

/** Reads by the library of the storages: another one would release their locks. */
function rowsOf({ kind, path }: { kind: Kind; path: string }, sql: string): unknown[] {
  const database = kind === "sqlite" ? new Sqlite(path) : new DatabaseSync(path);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
