import {
  copyFileSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { decide } from "@syntha/core/storage";
import { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { bySystem, put } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

type Make = (path: string) => void | Promise<void>;

function sqlite(path: string, ...statements: string[]): void {
  const database = new Database(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}

const ours: Make = async (path) => {
  const storage = new SqliteStorage({ path });
  await storage.open();
  await storage.commit("acme", [bySystem(put("k", "v".repeat(20_000)))], decide);
  await storage.close();
};

const REFUSED: readonly (readonly [what: string, make: Make])[] = [
  ["a text", (path) => writeFileSync(path, "Dear diary, ".repeat(1_000))],
  ["a few bytes", (path) => writeFileSync(path, "SQLite format 3")],
  ["zeros", (path) => writeFileSync(path, Buffer.alloc(8_192))],
  ["another program's database", (path) => sqlite(path, "CREATE TABLE customer (id)")],
  [
    "another program's database with a write-ahead log",
    (path) => sqlite(path, "PRAGMA journal_mode = WAL", "CREATE TABLE customer (id)"),
  ],
  [
    "another program's database that is in use",
    (path) => {
      sqlite(path, "PRAGMA journal_mode = WAL", "CREATE TABLE customer (id)");
      const database = new Database(path);
      onTestFinished(() => void database.close());
      database.prepare("SELECT * FROM customer").all();
    },
  ],
  [
    "another program's database whose log was left empty",
    (path) => {
      sqlite(path, "PRAGMA journal_mode = WAL", "CREATE TABLE customer (id)");
      for (const end of ["-wal", "-shm"]) writeFileSync(`${path}${end}`, "");
    },
  ],
  [
    "another program's database that has no tables yet",
    (path) => sqlite(path, "PRAGMA application_id = 7", "VACUUM"),
  ],
  [
    "a database whose only tables are still in its write-ahead log",
    (path) => {
      const original = tempFile();
      const database = new Database(original);
      onTestFinished(() => void database.close());
      database.pragma("journal_mode = WAL");
      database.pragma("wal_autocheckpoint = 0");
      database.exec("CREATE TABLE customer (id)");
      for (const end of ["", "-wal", "-shm"]) copyFileSync(`${original}${end}`, `${path}${end}`);
    },
  ],
  [
    "a mesh's file of a newer release that this one can't read",
    async (path) => {
      await ours(path);
      sqlite(path, "INSERT INTO syntha_migration VALUES (99, 1, 0)");
    },
  ],
  [
    "a mesh's file that was cut short",
    async (path) => {
      await ours(path);
      truncateSync(path, 8_192);
    },
  ],
  [
    "a mesh's file that was overwritten behind its header",
    async (path) => {
      await ours(path);
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0xa5, 100));
    },
  ],
];

it.for(REFUSED)("refuses %s and leaves it byte for byte as it was", async ([, make]) => {
  const path = tempFile();
  await make(path);
  const before = everythingIn(dirname(path));
  const storage = new SqliteStorage({ path });
  await expect(storage.open()).rejects.toMatchObject({
    code: "STORAGE_MISMATCH",
    hint: expect.stringMatching(/./),
  });
  await storage.close();
  expect(everythingIn(dirname(path))).toEqual(before);
});

/** The index of a write-ahead log may differ: any reader of one writes it. */
function everythingIn(directory: string): Record<string, string> {
  const contentOf = (name: string): string =>
    name.endsWith("-shm") ? "" : readFileSync(join(directory, name)).toString("base64");
  return Object.fromEntries(readdirSync(directory).map((name) => [name, contentOf(name)]));
}

// Windows lets only some users make symbolic links.
it.skipIf(process.platform === "win32").for(REFUSED)(
  "leaves %s as it was also by way of a symbolic link",
  async ([, make]) => {
    const [path, link] = [tempFile(), tempFile("link.db")];
    await make(path);
    symlinkSync(path, link);
    const before = everythingIn(dirname(path));
    await expect(new SqliteStorage({ path: link }).open()).rejects.toMatchObject({
      code: "STORAGE_MISMATCH",
    });
    expect(everythingIn(dirname(path))).toEqual(before);
  },
);

it("names both versions when a newer release has changed the file", async () => {
  const path = tempFile();
  await ours(path);
  sqlite(path, "INSERT INTO syntha_migration VALUES (99, 1, 0)");
  await expect(new SqliteStorage({ path }).open()).rejects.toThrow(/version 99.* up to 1/);
});

it("opens a file to which a newer release only added what does not disturb", async () => {
  const path = tempFile();
  await ours(path);
  sqlite(path, "INSERT INTO syntha_migration VALUES (99, 0, 0)");
  const storage = new SqliteStorage({ path });
  await storage.open();
  expect((await storage.stats("acme")).items).toBe(1);
  await storage.close();
});

it.for([
  ["a missing file", () => {}],
  ["an empty file", (path: string) => writeFileSync(path, "")],
  ["a database without anything", (path: string) => sqlite(path, "VACUUM")],
  ["one with a write-ahead log", (path: string) => sqlite(path, "PRAGMA journal_mode = WAL")],
] as const)("makes %s ready for meshes", async ([, make]) => {
  const path = tempFile();
  make(path);
  await ours(path);
  const database = new Database(path, { readonly: true });
  onTestFinished(() => void database.close());
  expect(database.pragma("application_id", { simple: true })).toBe(0x53_79_6e_74);
  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
});
