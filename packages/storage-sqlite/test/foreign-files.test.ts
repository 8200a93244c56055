import {
  copyFileSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkOwnership } from "../src/connection/file-ownership.ts";
import { BetterSqlite3Database } from "../src/drivers/better-sqlite3.ts";
import { drivers } from "./support/drivers.ts";
import { migrateDatabase } from "./support/migrate-database.ts";
import { write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

type Make = (path: string) => void | Promise<void>;

function sqlite(path: string, ...statements: string[]): void {
  const database = new Database(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}

const meshFile: Make = async (path) => {
  const storage = new SqliteStorage({ path });
  await storage.open();
  await write(storage, "v".repeat(20_000));
  await storage.close();
};

const meshFileThen =
  (change: Make): Make =>
  async (path) => {
    await meshFile(path);
    await change(path);
  };

const addBreaking: Make = (path) => sqlite(path, "INSERT INTO syntha_migration VALUES (99, 1, 0)");

const WAL = "PRAGMA journal_mode = WAL";
const TABLE = "CREATE TABLE customer (id)";

const REFUSED: readonly (readonly [what: string, make: Make])[] = [
  ["a text file", (path) => writeFileSync(path, "Dear diary, ".repeat(1_000))],
  ["a few bytes", (path) => writeFileSync(path, "SQLite format 3")],
  ["zeros", (path) => writeFileSync(path, Buffer.alloc(8_192))],
  ["another program's database", (path) => sqlite(path, TABLE)],
  ["another program's database with a log", (path) => sqlite(path, WAL, TABLE)],
  [
    "another program's open database",
    (path) => {
      sqlite(path, WAL, TABLE);
      const database = new Database(path);
      onTestFinished(() => void database.close());
      database.prepare("SELECT * FROM customer").all();
    },
  ],
  [
    "another program's database with an empty log",
    (path) => {
      sqlite(path, WAL, TABLE);
      for (const end of ["-wal", "-shm"]) writeFileSync(`${path}${end}`, "");
    },
  ],
  ["another program's empty file", (path) => sqlite(path, "PRAGMA application_id = 7", "VACUUM")],
  [
    "a database whose tables are only in its write-ahead log",
    (path) => {
      const original = tempFile();
      const database = new Database(original);
      onTestFinished(() => void database.close());
      database.pragma("journal_mode = WAL");
      database.pragma("wal_autocheckpoint = 0");
      database.exec(TABLE);
      for (const end of ["", "-wal", "-shm"]) copyFileSync(`${original}${end}`, `${path}${end}`);
    },
  ],
  ["a file with a breaking migration of a newer release", meshFileThen(addBreaking)],
  ["a truncated file", meshFileThen((path) => truncateSync(path, 8_192))],
  [
    "a file that was overwritten after its header",
    meshFileThen((path) => writeFileSync(path, readFileSync(path).fill(0xa5, 100))),
  ],
];

describe.each(drivers)("files of others by $name", ({ driver }) => {
  it.for(REFUSED)("refuses %s and does not change it", async ([, make]) => {
    const path = tempFile();
    await make(path);
    const before = contentOfFolder(dirname(path));
    const storage = new SqliteStorage({ path, driver });
    await expect(storage.open()).rejects.toMatchObject({
      code: "STORAGE_MISMATCH",
      hint: expect.stringMatching(/./),
    });
    await storage.close();
    expect(contentOfFolder(dirname(path))).toEqual(before);
  });

  /** Without the index of a write-ahead log, which readers write. */
  function contentOfFolder(directory: string): Record<string, string> {
    const contentOf = (name: string): string =>
      name.endsWith("-shm") ? "" : readFileSync(join(directory, name)).toString("base64");
    return Object.fromEntries(readdirSync(directory).map((name) => [name, contentOf(name)]));
  }

  // Windows lets only some users create symbolic links.
  it.skipIf(process.platform === "win32").for(REFUSED)(
    "does not change %s through a symbolic link",
    async ([, make]) => {
      const [path, link] = [tempFile(), tempFile("link.db")];
      await make(path);
      symlinkSync(path, link);
      const before = contentOfFolder(dirname(path));
      const opening = new SqliteStorage({ path: link, driver }).open();
      await expect(opening).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
      expect(contentOfFolder(dirname(path))).toEqual(before);
    },
  );

  it("names both schema versions when the file's is newer", async () => {
    const path = tempFile();
    await meshFileThen(addBreaking)(path);
    await expect(new SqliteStorage({ path, driver }).open()).rejects.toThrow(
      /version 99.* up to 1/,
    );
  });

  it("opens a file after a non-breaking migration of a newer release", async () => {
    const path = tempFile();
    await meshFile(path);
    sqlite(path, "INSERT INTO syntha_migration VALUES (99, 0, 0)");
    const storage = new SqliteStorage({ path, driver });
    await storage.open();
    expect((await storage.stats("acme")).items).toBe(1);
    await storage.close();
  });

  it.for([
    ["a missing file", () => {}],
    ["an empty file", (path: string) => writeFileSync(path, "")],
    ["a database without tables", (path: string) => sqlite(path, "VACUUM")],
    ["an empty database in WAL mode", (path: string) => sqlite(path, WAL)],
  ] as const)("initializes %s", async ([, make]) => {
    const path = tempFile();
    make(path);
    const storage = new SqliteStorage({ path, driver });
    await storage.open();
    await storage.close();
    const database = new Database(path, { readonly: true });
    onTestFinished(() => void database.close());
    expect(database.pragma("application_id", { simple: true })).toBe(0x53_79_6e_74);
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  });
});

it("accepts a file while another connection initializes it", () => {
  const path = tempFile();
  const [reading, creating] = [new Database(path), new Database(path)];
  onTestFinished(() => [reading, creating].forEach((database) => database.close()));
  creating.pragma("journal_mode = WAL");
  const database = new BetterSqlite3Database(reading);
  const query = database.query.bind(database);
  database.query = (sql) => {
    // Between the two questions of the check.
    if (sql.includes("sqlite_schema")) migrateDatabase(creating);
    return query(sql);
  };
  expect(() => checkOwnership(database, path)).not.toThrow();
});
