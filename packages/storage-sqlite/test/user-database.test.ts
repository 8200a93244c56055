import { openSync } from "node:fs";
import { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { checkLibraryVersion } from "../src/connection/library-version.ts";
import { openStorage } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

function openDatabase(path = tempFile()): Database.Database {
  const database = new Database(path);
  onTestFinished(() => void database.close());
  return database;
}

it("keeps its tables apart from the user's by a prefix", async () => {
  const database = openDatabase();
  database.exec("CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('BigCo')");
  const storage = await openStorage({ database });
  await write(storage);
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  expect(tables.filter((name) => !name.startsWith("syntha_"))).toEqual(["customer"]);
  expect(database.pragma("application_id", { simple: true })).toBe(0);
  expect(database.prepare("SELECT name FROM customer").pluck().all()).toEqual(["BigCo"]);
});

it("does not close the user's database", async () => {
  const database = openDatabase();
  const storage = await openStorage({ database });
  await storage.close();
  expect(database.open).toBe(true);
  await storage.open();
  expect(await storage.stats("acme")).toMatchObject({ items: 0 });
});

it("rejects with CLOSED after the user closes the database", async () => {
  const database = openDatabase();
  const storage = await openStorage({ database });
  database.close();
  await expect(storage.stats("acme")).rejects.toMatchObject({ code: "CLOSED" });
});

it("refuses to open on a closed database", async () => {
  const database = openDatabase();
  database.close();
  await expect(new SqliteStorage({ database }).open()).rejects.toMatchObject({
    code: "CLOSED",
    hint: expect.stringContaining("another Database"),
  });
});

it("refuses a database opened by a file descriptor", async () => {
  const [path, journal] = [tempFile(), tempFile()];
  const fd = openSync(path, "w+");
  const options = { journalFd: openSync(journal, "w+") };
  const database = Reflect.construct(Database, [fd, options]) as Database.Database;
  onTestFinished(() => void database.close());
  await expect(new SqliteStorage({ database }).open()).rejects.toMatchObject({
    code: "MISCONFIGURED",
    message: expect.stringContaining("write-ahead log"),
  });
});

it("waits for the end of the user's transaction", async () => {
  const database = openDatabase();
  const storage = await openStorage({ database });
  database.exec("BEGIN");
  const committing = write(storage);
  database.exec("ROLLBACK");
  expect(await committing).toMatchObject([{ ok: true, position: 1 }]);
});

it.for([
  ["a key", ["k"]],
  ["several keys", ["k", "other"]],
] as const)("answers nothing for %s from within the user's own transaction", async ([, keys]) => {
  const path = tempFile();
  const other = await openStorage({ path });
  await write(other);
  const database = openDatabase(path);
  const storage = await openStorage({ database });
  database.exec("BEGIN; SELECT * FROM sqlite_schema");
  await write(other, 2);
  const getting = storage.get("acme", null, keys);
  database.exec("COMMIT");
  expect((await getting).items[0]?.value).toBe("2");
});

it.for<[string, (storage: SqliteStorage) => Promise<unknown>]>([
  ["a get of one key", (storage) => storage.get("acme", null, ["k"])],
  ["a get of several", (storage) => storage.get("acme", null, ["k", "other"])],
  ["another read", (storage) => storage.stats("acme")],
  ["a write", (storage) => write(storage)],
])("reports an open user transaction for %s", async ([, ask]) => {
  const database = openDatabase();
  const storage = await openStorage({ database, busyTimeout: "5ms" });
  database.exec("BEGIN");
  await expect(ask(storage)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("Your own transaction"),
    hint: expect.stringContaining("End it"),
  });
});

it("opens during a user's transaction", async () => {
  const database = openDatabase();
  database.pragma("journal_mode = WAL");
  const storage = new SqliteStorage({ database });
  database.exec("BEGIN");
  const opening = storage.open();
  await new Promise((resolve) => setTimeout(resolve, 20));
  database.exec("COMMIT");
  await opening;
  expect(await storage.stats("acme")).toMatchObject({ items: 0 });
});

it("refuses a database that is not in UTF-8", async () => {
  const database = openDatabase();
  database.pragma("encoding = 'UTF-16le'");
  database.exec("CREATE TABLE customer (name TEXT)");
  await expect(new SqliteStorage({ database }).open()).rejects.toMatchObject({
    code: "STORAGE_MISMATCH",
    hint: expect.stringContaining("UTF-8"),
  });
});

it("reads integers from a database set to 64-bit integers", async () => {
  const database = openDatabase();
  database.defaultSafeIntegers(true);
  const storage = await openStorage({ database });
  await write(storage);
  expect(await storage.stats("acme")).toMatchObject({ items: 1, head: 1, floor: 0 });
});

it.for([
  ["a path", { path: ":memory:" } as const, "none"],
  ["a database", { database: new Database(":memory:") } as const, "none"],
] as const)("reports no durability in memory by %s", async ([, options, durability]) => {
  const storage = await openStorage(options);
  await write(storage);
  expect((await storage.get("acme", "Ann", ["k"])).items[0]?.value).toBe("1");
  expect(storage.traits.durability).toBe(durability);
});

it("switches the user's database to a write-ahead log", async () => {
  const database = openDatabase();
  database.pragma("journal_mode = MEMORY");
  await openStorage({ database });
  expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
});

it.for([
  ["power", 2],
  ["process", 1],
] as const)("sets `synchronous` for durability %s", async ([durability, synchronous]) => {
  const database = openDatabase();
  const storage = await openStorage({ database, durability });
  expect(storage.traits.durability).toBe(durability);
  expect(database.pragma("synchronous", { simple: true })).toBe(synchronous);
  expect(database.pragma("journal_mode", { simple: true })).toBe("wal");
});

it("is durable to a power cut by default", () => {
  expect(new SqliteStorage({ path: "mesh.db" }).traits.durability).toBe("power");
});

it.for(["3.51.2", "3.50.9", "2.99.99"])("refuses SQLite %s", (version) => {
  expect(() => checkLibraryVersion(version)).toThrow(
    expect.objectContaining({
      code: "STORAGE_MISMATCH",
      message: expect.stringContaining(version),
      hint: expect.stringContaining("better-sqlite3"),
    }),
  );
});

it.for(["3.51.3", "3.52.0", "3.54.1", "4.0"])("accepts SQLite %s", (version) => {
  expect(() => checkLibraryVersion(version)).not.toThrow();
});

it.for([
  ["neither a path nor a database", {}],
  ["both", { path: "mesh.db", database: new Database(":memory:") }],
  ["an empty path", { path: "" }],
  ["a blank path", { path: "  " }],
  ["a path with a NUL", { path: "mesh.db\0" }],
  ["a number as a path", { path: 7 }],
  ["a URI", { path: "file:mesh.db?mode=ro" }],
  ["a mode without 0o", { path: "mesh.db", mode: 660 }],
  ["a mode without write permission for the owner", { path: "mesh.db", mode: 0o444 }],
  ["a mode with a database", { database: new Database(":memory:"), mode: 0o600 }],
  [
    "a database of another library",
    { database: { open: true, exec: () => {}, prepare: () => {} } },
  ],
  ["null as a database", { database: null }],
  ["an unknown durability", { path: "mesh.db", durability: "forever" }],
  ["a negative wait", { path: "mesh.db", busyTimeout: -1 }],
  ["a wait without a unit", { path: "mesh.db", pollEvery: "soon" }],
] as const)("refuses %s", ([, options]) => {
  expect(() => new SqliteStorage(options as never)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
  );
});
