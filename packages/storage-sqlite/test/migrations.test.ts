import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
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

it("numbers migrations without gaps", () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
});
