import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Site } from "./site.ts";
import { storageAt } from "./storage-at.ts";

/** A file in a folder of its own. */
export function sqliteSite(): Site {
  const folder = mkdtempSync(join(tmpdir(), "syntha-soak-"));
  const address = { kind: "sqlite", path: join(folder, "mesh.db") } as const;
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    kind: "sqlite",
    address,
    storage: (clock) => storageAt(address, clock),
    async integrity() {
      const found = ask(address.path, (database) =>
        database.pragma("integrity_check", { simple: true }),
      );
      return found === "ok" ? undefined : String(found);
    },
    async schema() {
      const tables = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";
      const steps = "SELECT version, breaking FROM syntha_migration ORDER BY version";
      return ask(address.path, (database) =>
        JSON.stringify([tables, steps].map((sql) => database.prepare(sql).raw().all())),
      );
    },
    async remove() {
      process.off("exit", remove);
      remove();
    },
  };
}

function ask<T>(path: string, question: (database: Database.Database) => T): T {
  const database = new Database(path);
  try {
    return question(database);
  } finally {
    database.close();
  }
}
