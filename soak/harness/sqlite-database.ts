import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import type { Database } from "./database.ts";
import { createStorage } from "./storage.ts";

/** Creates a database file in a temporary folder. */
export function sqliteDatabase(): Database {
  const folder = mkdtempSync(join(tmpdir(), "syntha-soak-"));
  const address = { kind: "sqlite", path: join(folder, "mesh.db") } as const;
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    kind: "sqlite",
    address,
    storage: (clock) => createStorage(address, clock),
    async integrity() {
      const found = withDatabase(address.path, (database) =>
        database.pragma("integrity_check", { simple: true }),
      );
      return found === "ok" ? undefined : String(found);
    },
    async schema() {
      const tables = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
      const steps = "SELECT version, breaking FROM syntha_migration ORDER BY version";
      return withDatabase(address.path, (database) =>
        JSON.stringify([tables, steps].map((sql) => database.prepare(sql).raw().all())),
      );
    },
    async remove() {
      process.off("exit", remove);
      remove();
    },
  };
}

function withDatabase<T>(path: string, use: (database: Sqlite.Database) => T): T {
  const database = new Sqlite(path);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
