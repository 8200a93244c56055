import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { BetterSqlite3Database } from "../src/drivers/better-sqlite3.ts";
import { checkTables } from "../src/migrations/check-tables.ts";
import { MIGRATIONS } from "../src/migrations/index.ts";
import { migrateDatabase } from "./support/migrate-database.ts";
import type { Migration } from "../src/migrations/migration.ts";
import { tempFile } from "./support/temp-file.ts";

const [first] = MIGRATIONS as [Migration];
const note: Migration = { version: 2, breaking: false, sql: "CREATE TABLE syntha_note (id)" };
const tag: Migration = { version: 3, breaking: true, sql: "CREATE TABLE syntha_tag (id)" };
const broken: Migration = { version: 4, breaking: true, sql: "CREATE TABLE syntha_tag (id)" };

function withDatabase<T>(path: string, work: (database: Database.Database) => T): T {
  const database = new Database(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function versions(database: Database.Database): unknown[] {
  const sql = "SELECT version, breaking FROM syntha_migration ORDER BY version";
  return database.prepare(sql).raw().all();
}

it("runs each pending migration once", () => {
  withDatabase(tempFile(), (database) => {
    migrateDatabase(database, [first]);
    migrateDatabase(database, [first, note]);
    migrateDatabase(database, [first, note, tag]);
    migrateDatabase(database, [first, note, tag]);
    expect(versions(database)).toEqual([
      [1, 1],
      [2, 0],
      [3, 1],
    ]);
  });
});

it("checks each column of each table at opening", () => {
  withDatabase(tempFile(), (handle) => {
    migrateDatabase(handle);
    const database = new BetterSqlite3Database(handle);
    checkTables(database);
    const columns = handle
      .prepare(`SELECT t.name AS 'table', c.name AS 'column'
        FROM sqlite_schema t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name LIKE 'syntha%' AND t.name <> 'syntha_migration'`)
      .all() as { table: string; column: string }[];
    expect(columns.length).toBeGreaterThan(100);
    for (const { table, column } of columns) {
      handle.exec(`ALTER TABLE ${table} RENAME COLUMN ${column} TO renamed`);
      expect(() => checkTables(database)).toThrow(`no such column: ${column}`);
      handle.exec(`ALTER TABLE ${table} RENAME COLUMN renamed TO ${column}`);
    }
  });
});

it("does not change the file when a migration fails", () => {
  const path = tempFile();
  withDatabase(path, (database) => migrateDatabase(database, [first]));
  const before = readFileSync(path);
  withDatabase(path, (database) => {
    expect(() => migrateDatabase(database, [first, note, tag, broken])).toThrow(/already exists/);
    expect(database.inTransaction).toBe(false);
    expect(versions(database)).toEqual([[1, 1]]);
  });
  expect(readFileSync(path)).toEqual(before);
});

it("refuses older code only after a breaking migration", () => {
  withDatabase(tempFile(), (database) => {
    migrateDatabase(database, [first, note]);
    expect(() => migrateDatabase(database, [first])).not.toThrow();
    migrateDatabase(database, [first, note, tag]);
    expect(() => migrateDatabase(database, [first])).toThrow(
      expect.objectContaining({ code: "STORAGE_MISMATCH" }),
    );
  });
});

describe.each([
  ["better-sqlite3", undefined],
  ["node:sqlite", nodeSqlite()],
] as const)("with migrate: false, on %s", (_name, driver) => {
  const open = async (path: string, migrate: boolean): Promise<void> => {
    const storage = new SqliteStorage({ path, driver, migrate });
    await storage.open();
    await storage.stats("acme");
    await storage.close();
  };

  it("opens a file that has all tables", async () => {
    const path = tempFile();
    await open(path, true);
    const before = readFileSync(path);
    await open(path, false);
    expect(readFileSync(path)).toEqual(before);
  });

  it("refuses older tables, and an empty file, and changes neither", async () => {
    const [older, empty] = [tempFile(), tempFile()];
    await open(older, true);
    withDatabase(older, (database) => database.exec("DELETE FROM syntha_migration"));
    writeFileSync(empty, "");
    for (const path of [older, empty]) {
      const before = readFileSync(path);
      await expect(open(path, false)).rejects.toMatchObject({
        code: "STORAGE_MISMATCH",
        message: `Migration 1 is missing in ${path}.`,
        hint: expect.stringContaining("`migrate: true`"),
      });
      expect(readFileSync(path)).toEqual(before);
    }
  });

  it("creates no file", async () => {
    const path = tempFile();
    await expect(open(path, false)).rejects.toMatchObject({
      code: "MISCONFIGURED",
      message: `The file ${path} does not exist.`,
    });
    expect(existsSync(path)).toBe(false);
  });
});

it("checks a database of the user's with migrate: false too", async () => {
  const database = new Database(tempFile());
  onTestFinished(() => void database.close());
  const open = (migrate: boolean) => new SqliteStorage({ database, migrate }).open();
  await expect(open(false)).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
  expect(database.pragma("journal_mode", { simple: true })).toBe("delete");
  await open(true);
  await open(false);
});

it("refuses migrate: false for a database in memory, which has no tables yet", () => {
  expect(() => new SqliteStorage({ path: ":memory:", migrate: false })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
  );
});

it("numbers migrations without gaps", () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
});
