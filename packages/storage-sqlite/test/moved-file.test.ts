import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname } from "node:path";
import { ContextMesh } from "@syntha/core";
import { type OpenDatabase, SqliteStorage } from "@syntha/storage-sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

const UNAVAILABLE = {
  code: "UNAVAILABLE",
  retryable: true,
  message: expect.stringContaining("deleted or replaced"),
  hint: expect.stringContaining("Nothing was changed"),
};

const LONG = { timeout: 15_000 };

async function itemsIn(storage: SqliteStorage): Promise<number> {
  return (await storage.stats("acme")).items;
}

function deleteFiles(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end);
}

function recreateFolder(path: string): void {
  rmSync(dirname(path), { recursive: true });
  mkdirSync(dirname(path));
}

// Windows does not let an open file be deleted or replaced.
describe.skipIf(process.platform === "win32").each(drivers)(
  "a deleted or replaced file by $name",
  ({ driver, open }) => {
    /** A closed file with `items` items. */
    async function meshFile(items: number): Promise<string> {
      const path = tempFile("other.db");
      const storage = new SqliteStorage({ path, driver });
      await storage.open();
      for (let i = 0; i < items; i++) await write(storage, 1, `other ${i}`);
      await storage.close();
      return path;
    }

    /** An open storage with one item. */
    async function writtenStorage(path: string, options = {}): Promise<SqliteStorage> {
      const storage = await openStorage({ path, driver, ...options });
      await write(storage, 1, "before");
      return storage;
    }

    it.for<[string, (path: string) => unknown, number]>([
      ["deleted", deleteFiles, 0],
      ["deleted without its log", (path) => rmSync(path), 0],
      ["replaced by another file", async (path) => renameSync(await meshFile(3), path), 3],
      ["deleted with its folder, which was created again", recreateFolder, 0],
    ])("rejects calls after the file was %s, until it is reopened", async ([, act, items]) => {
      const path = tempFile();
      const storage = await writtenStorage(path);
      await act(path);
      const isReplaced = existsSync(path);
      await expect(write(storage, 1, "after")).rejects.toMatchObject(UNAVAILABLE);
      await expect
        .poll(() => itemsIn(storage).catch((error) => error), LONG)
        .toMatchObject(UNAVAILABLE);
      await expect(write(storage, 1, "after")).rejects.toMatchObject(UNAVAILABLE);
      expect(existsSync(path)).toBe(isReplaced);
      await storage.close();
      if (items > 0) for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
      await storage.open();
      expect(await itemsIn(storage)).toBe(items);
      await write(storage, 1, "after");
      expect(await itemsIn(storage)).toBe(items + 1);
    });

    it("does not apply the log of the replaced file to the new one", async () => {
      const path = tempFile();
      const [storage, other] = [
        new SqliteStorage({ path, driver }),
        new SqliteStorage({ path, driver }),
      ];
      onTestFinished(() => Promise.all([storage.close(), other.close()]).then(() => {}));
      await storage.open();
      await write(storage, 1, "before");
      renameSync(await meshFile(3), path);
      const restored = readFileSync(path);
      await expect(write(storage, 1, "after")).rejects.toMatchObject({
        ...UNAVAILABLE,
        hint: expect.stringMatching(/delete .*mesh\.db-wal and .*mesh\.db-shm.* open it again/),
      });
      const refusal = {
        code: "MISCONFIGURED",
        message: expect.stringContaining("mesh.db-wal is the write-ahead log of a file"),
        hint: expect.stringContaining("delete"),
      };
      await expect(other.open()).rejects.toMatchObject(refusal);
      await storage.close();
      await expect(storage.open()).rejects.toMatchObject(refusal);
      await expect(other.open()).rejects.toMatchObject(refusal);
      expect(readFileSync(path)).toEqual(restored);
      // As the hints advise.
      for (const end of ["-wal", "-shm"]) rmSync(path + end);
      await storage.open();
      await other.open();
      await write(storage, 1, "after");
      expect(await itemsIn(other)).toBe(4);
    });

    it("applies the log after its file is moved back", async () => {
      const path = tempFile();
      const storage = await writtenStorage(path);
      renameSync(path, `${path}.away`);
      renameSync(await meshFile(3), path);
      await storage.close();
      await expect(storage.open()).rejects.toMatchObject({ code: "MISCONFIGURED" });
      renameSync(`${path}.away`, path);
      await storage.open();
      expect(await itemsIn(storage)).toBe(1);
    });

    it("refuses a file that is replaced while it is opened", async () => {
      const path = tempFile();
      const other = await meshFile(3);
      const prototype = Object.getPrototypeOf(open(":memory:").handle) as OpenDatabase;
      const exec = Reflect.get(prototype, "exec") as (sql: string) => unknown;
      onTestFinished(() => void (prototype.exec = exec));
      prototype.exec = function (this: OpenDatabase, sql) {
        if (sql === "PRAGMA foreign_keys = ON" && existsSync(other)) renameSync(other, path);
        return Reflect.apply(exec, this, [sql]);
      };
      await expect(new SqliteStorage({ path, driver }).open()).rejects.toMatchObject(UNAVAILABLE);
    });

    it("accepts calls after the same file is moved back", async () => {
      const path = tempFile();
      const storage = await writtenStorage(path);
      renameSync(path, `${path}.away`);
      await expect(write(storage, 1, "meanwhile")).rejects.toMatchObject(UNAVAILABLE);
      renameSync(`${path}.away`, path);
      await write(storage, 1, "after");
      expect(await itemsIn(storage)).toBe(2);
    });

    it("does not change the new file on close", async () => {
      const path = tempFile();
      const old = new SqliteStorage({ path, driver });
      await old.open();
      await write(old, 1, "old");
      deleteFiles(path);
      const next = await openStorage({ path, driver });
      await write(next, 1, "next");
      await old.close();
      expect(existsSync(`${path}-wal`)).toBe(true);
      await write(next, 1, "next too");
      expect(await itemsIn(next)).toBe(2);
      const reader = await openStorage({ path, driver });
      expect(await itemsIn(reader)).toBe(2);
    });

    it("rejects calls after only the write-ahead log was deleted", async () => {
      const path = tempFile();
      const storage = await writtenStorage(path);
      rmSync(`${path}-wal`);
      await expect
        .poll(() => write(storage, 1, "after").catch((error) => error), LONG)
        .toMatchObject({ ...UNAVAILABLE, message: expect.stringContaining("mesh.db-wal") });
      // SQLite still has the log open, and moves it into the file.
      await storage.close();
      await storage.open();
      expect(await itemsIn(storage)).toBeGreaterThan(0);
    });

    it("rejects calls when its symbolic link has another target", async () => {
      const [path, link] = [tempFile(), tempFile("link.db")];
      symlinkSync(path, link);
      const storage = await openStorage({ path: link, driver });
      await write(storage, 1, "before");
      rmSync(link);
      symlinkSync(await meshFile(1), link);
      await expect(write(storage, 1, "after")).rejects.toMatchObject(UNAVAILABLE);
    });

    it("reports a watch as disconnected until the file is back", async () => {
      const path = tempFile();
      const reports: string[] = [];
      const mesh = new ContextMesh({
        storage: new SqliteStorage({ path, driver, pollEvery: "2ms" }),
        onConnectionChange: ({ status }) => reports.push(status),
      });
      const watch = mesh.system.watch();
      await mesh.system.push("before", 1, { global: true });
      await watch.next();
      const next = watch.next();
      renameSync(path, `${path}.away`);
      await expect.poll(() => reports, LONG).toEqual(["disconnected"]);
      renameSync(`${path}.away`, path);
      await expect.poll(() => reports, LONG).toEqual(["disconnected", "reconnected"]);
      await mesh.system.push("after", 1, { global: true });
      expect(await next).toMatchObject({ value: { type: "put", item: { key: "after" } } });
      await mesh.close();
    });

    it("calls listeners when the file disappears and returns", async () => {
      const path = tempFile();
      const storage = await openStorage({ path, driver, pollEvery: "2ms" });
      let calls = 0;
      onTestFinished(storage.onCommit("acme", () => calls++));
      renameSync(path, `${path}.away`);
      await expect.poll(() => calls, LONG).toBe(1);
      renameSync(`${path}.away`, path);
      await expect.poll(() => calls, LONG).toBe(2);
    });

    it("resumes a watch at its position when the file is back", async () => {
      const path = tempFile();
      const storage = new SqliteStorage({ path, driver, pollEvery: "2ms" });
      const mesh = new ContextMesh({ storage, sweepEvery: false });
      onTestFinished(() => mesh.close());
      const { system } = mesh;
      await system.push("before", 1, { global: true });
      const watch = system.watch({ initial: true });
      const keys: string[] = [];
      const watching = (async () => {
        for await (const change of watch) {
          if (change.type === "put") keys.push(change.item.key);
          if (keys.length === 2) break;
        }
      })();
      await expect.poll(() => keys, LONG).toEqual(["before"]);
      renameSync(path, `${path}.away`);
      await expect(system.push("meanwhile", 2, { global: true })).rejects.toMatchObject(
        UNAVAILABLE,
      );
      renameSync(`${path}.away`, path);
      await system.push("after", 3, { global: true });
      await watching;
      expect(keys).toEqual(["before", "after"]);
    });

    it("asks for a new database if the user opened it", async () => {
      const path = tempFile();
      const { handle: database } = open(path);
      const storage = await openStorage({ database });
      await write(storage, 1, "before");
      deleteFiles(path);
      const refusal = { ...UNAVAILABLE, hint: expect.stringContaining("new Database") };
      await expect(write(storage, 1, "after")).rejects.toMatchObject(refusal);
      await storage.close();
      open(path).close();
      await expect(new SqliteStorage({ database }).open()).rejects.toMatchObject(refusal);
    });

    it("does not apply the log of a replaced file to the user's database", async () => {
      const path = tempFile();
      const old = open(path);
      const storage = await openStorage({ database: old.handle });
      await write(storage, 1, "before");
      const other = await meshFile(3);
      renameSync(other, path);
      const restored = readFileSync(path);
      await storage.close();
      old.close();
      const { handle: next } = open(path);
      const refusal = { code: "MISCONFIGURED", hint: expect.stringContaining("delete") };
      await expect(new SqliteStorage({ database: next }).open()).rejects.toMatchObject(refusal);
      for (const end of ["-wal", "-shm"]) rmSync(path + end);
      expect(readFileSync(path)).toEqual(restored);
      expect(await itemsIn(await openStorage({ database: next }))).toBe(3);
    });

    it("refuses a user's database whose file was deleted before", async () => {
      const path = tempFile();
      const database = open(path);
      database.exec("PRAGMA journal_mode = WAL");
      rmSync(path);
      await expect(new SqliteStorage({ database: database.handle }).open()).rejects.toMatchObject(
        UNAVAILABLE,
      );
      expect(readdirSync(dirname(path))).toEqual([]);
    });
    it("does not check for a file in memory", async () => {
      const { handle: database } = open(":memory:");
      for (const options of [{ path: ":memory:", driver }, { database }] as const) {
        const storage = await openStorage(options);
        await write(storage, 1, "k");
        expect(await itemsIn(storage)).toBe(1);
      }
    });
  },
);
