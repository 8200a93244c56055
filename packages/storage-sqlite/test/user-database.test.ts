import { openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { SqliteStorage, type SqliteStorageOptions } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { checkLibraryVersion } from "../src/connection/library-version.ts";
import { drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

describe.each(drivers)("a database of the user by $name", ({ driver, open }) => {
  it("keeps its tables apart from the user's by a prefix", async () => {
    const database = open(tempFile());
    database.exec("CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('BigCo')");
    const storage = await openStorage({ database: database.handle });
    await write(storage);
    const others =
      "type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'syntha\\_%' ESCAPE '\\'";
    expect(database.value(`SELECT group_concat(name) FROM sqlite_schema WHERE ${others}`)).toBe(
      "customer",
    );
    expect(database.value("PRAGMA application_id")).toBe(0);
    expect(database.value("SELECT name FROM customer")).toBe("BigCo");
  });

  it("does not close the user's database", async () => {
    const database = open(tempFile());
    const storage = await openStorage({ database: database.handle });
    await storage.close();
    expect(database.value("SELECT 1")).toBe(1);
    await storage.open();
    expect(await storage.stats("acme")).toMatchObject({ items: 0 });
  });

  it("rejects with CLOSED after the user closes the database", async () => {
    const database = open(tempFile());
    const storage = await openStorage({ database: database.handle });
    database.close();
    await expect(storage.stats("acme")).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("refuses to open on a closed database", async () => {
    const database = open(tempFile());
    database.close();
    await expect(new SqliteStorage({ database: database.handle }).open()).rejects.toMatchObject({
      code: "CLOSED",
      hint: expect.stringContaining("another Database"),
    });
  });

  it("prepares what is used, once", async () => {
    const path = tempFile();
    await write(await openStorage({ path, driver }));
    const { handle } = open(path);
    const prepare = vi.spyOn(handle, "prepare");
    const storage = await openStorage({ database: handle });
    const get = () => storage.get("acme", null, ["k"]);
    expect(await get()).toMatchObject({ items: [{ value: "1" }] });
    const prepared = prepare.mock.calls.length;
    expect(prepared).toBeLessThan(30);
    for (const [sql] of prepare.mock.calls) expect(sql).not.toMatch(/^\s*(INSERT|UPDATE|DELETE)/);
    await get();
    expect(prepare).toHaveBeenCalledTimes(prepared);
  });

  it("waits for the end of the user's transaction", async () => {
    const database = open(tempFile());
    const storage = await openStorage({ database: database.handle });
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
    const other = await openStorage({ path, driver });
    await write(other);
    const database = open(path);
    const storage = await openStorage({ database: database.handle });
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
    const database = open(tempFile());
    const storage = await openStorage({ database: database.handle, busyTimeout: "5ms" });
    database.exec("BEGIN");
    await expect(ask(storage)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("Your own transaction"),
      hint: expect.stringContaining("End it"),
    });
  });

  it("opens during a user's transaction", async () => {
    const database = open(tempFile());
    database.exec("PRAGMA journal_mode = WAL");
    const storage = new SqliteStorage({ database: database.handle });
    database.exec("BEGIN");
    const opening = storage.open();
    await new Promise((resolve) => setTimeout(resolve, 20));
    database.exec("COMMIT");
    await opening;
    expect(await storage.stats("acme")).toMatchObject({ items: 0 });
  });

  it("refuses a database that is not in UTF-8", async () => {
    const database = open(tempFile());
    database.exec("PRAGMA encoding = 'UTF-16le'");
    database.exec("CREATE TABLE customer (name TEXT)");
    await expect(new SqliteStorage({ database: database.handle }).open()).rejects.toMatchObject({
      code: "STORAGE_MISMATCH",
      hint: expect.stringContaining("UTF-8"),
    });
  });

  it.for<["a path" | "a database", () => SqliteStorageOptions]>([
    ["a path", () => ({ path: ":memory:", driver })],
    ["a database", () => ({ database: open(":memory:").handle })],
  ])("reports no durability in memory by %s", async ([, options]) => {
    const storage = await openStorage(options());
    await write(storage);
    expect((await storage.get("acme", "Ann", ["k"])).items[0]?.value).toBe("1");
    expect(storage.traits.durability).toBe("none");
  });

  it("switches the user's database to a write-ahead log", async () => {
    const database = open(tempFile());
    database.exec("PRAGMA journal_mode = MEMORY");
    await openStorage({ database: database.handle });
    expect(database.value("PRAGMA journal_mode")).toBe("wal");
  });

  it.for([
    ["power", 2],
    ["process", 1],
  ] as const)("sets `synchronous` for durability %s", async ([durability, synchronous]) => {
    const database = open(tempFile());
    const storage = await openStorage({ database: database.handle, durability });
    expect(storage.traits.durability).toBe(durability);
    expect(database.value("PRAGMA synchronous")).toBe(synchronous);
    expect(database.value("PRAGMA journal_mode")).toBe("wal");
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

it("reads integers from a database set to 64-bit integers", async () => {
  const betterSqlite3 = new Database(tempFile());
  betterSqlite3.defaultSafeIntegers(true);
  const nodeSqlite = new DatabaseSync(tempFile(), { readBigInts: true });
  for (const database of [betterSqlite3, nodeSqlite]) {
    onTestFinished(() => void database.close());
    const storage = await openStorage({ database });
    await write(storage);
    expect(await storage.stats("acme")).toMatchObject({ items: 1, head: 1, floor: 0 });
  }
});

it("reads from a `node:sqlite` database that is set to return arrays", async () => {
  const database = new DatabaseSync(tempFile(), { returnArrays: true } as object);
  onTestFinished(() => database.close());
  const storage = await openStorage({ database });
  await write(storage);
  expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
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
  ["a driver with a database", { database: new Database(":memory:"), driver: nodeSqlite() }],
  ["a driver by its name", { path: "mesh.db", driver: "node:sqlite" }],
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
