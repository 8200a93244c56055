import { execFile } from "node:child_process";
import { cpSync, existsSync, linkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SqliteStorage, type SqliteStorageOptions } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { type DriverCase, drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { tempFile } from "./support/temp-file.ts";

const OTHER_REALM = fileURLToPath(new URL("support/other-realm.ts", import.meta.url));
const READER = fileURLToPath(new URL("support/reader.ts", import.meta.url));

/**
 * Whether this process's locks keep another process from deleting the write-ahead log, as the last connection does on
 * close. The other process opens the file by another name, so that SQLite 3.51 and later check the locks of the file, and
 * not also those of the log's index.
 */
async function holdsLocks(path: string): Promise<boolean> {
  const link = `${path}-link`;
  linkSync(path, link);
  await promisify(execFile)(process.execPath, [READER, link]);
  return existsSync(`${link}-wal`);
}

async function openAndClose(options: SqliteStorageOptions): Promise<void> {
  const storage = new SqliteStorage(options);
  await storage.open();
  await storage.close();
}

describe.each(drivers)("locks by $name", ({ driver, open }) => {
  it.for<[string, (path: string) => Promise<unknown>]>([
    ["another storage opens it", (path) => openStorage({ path, driver })],
    ["another storage opens and closes it", (path) => openAndClose({ path, driver })],
    [
      "a storage on the user's database opens and closes it",
      async (path) => {
        const database = open(path);
        await openAndClose({ database: database.handle });
        database.close();
      },
    ],
  ])("keeps its locks on a file when %s in the same process", async ([, act]) => {
    const path = tempFile();
    await openStorage({ path, driver });
    await act(path);
    expect(await holdsLocks(path)).toBe(true);
  });

  it("releases its locks on close", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    await storage.close();
    expect(await holdsLocks(path)).toBe(false);
  });

  it("refuses a file that another driver of this process has open", async () => {
    const other = drivers.find((each) => each.driver !== driver) as DriverCase;
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    const second = new SqliteStorage({ path, driver: other.driver });
    await expect(second.open()).rejects.toMatchObject({
      code: "MISCONFIGURED",
      hint: expect.stringContaining("one driver"),
    });
    expect(await holdsLocks(path)).toBe(true);
    await storage.close();
    await openAndClose({ path, driver: other.driver });
  });
});

/** Another native library in the same process, as with two installed versions. */
function secondDriver(): typeof Database {
  const from = dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json"));
  const to = join(dirname(tempFile()), "better-sqlite3");
  const filter = (path: string): boolean => !/^(deps|src)$/.test(relative(from, path));
  cpSync(from, to, { recursive: true, filter });
  return createRequire(join(to, "package.json"))(to) as typeof Database;
}

it("refuses a file that another copy of better-sqlite3 has open", async () => {
  const SecondDatabase = secondDriver();
  const path = tempFile();
  const refusal = {
    code: "MISCONFIGURED",
    message: expect.stringContaining("Another copy of SQLite"),
    hint: expect.stringContaining("npm ls better-sqlite3"),
  };
  const first = await openStorage({ path });
  const database = new SecondDatabase(path);
  onTestFinished(() => void database.close());
  const second = new SqliteStorage({ database });
  await expect(second.open()).rejects.toMatchObject(refusal);
  await first.close();
  await second.open();
  onTestFinished(() => second.close());
  await expect(first.open()).rejects.toMatchObject(refusal);
});

it("accepts another module instance of the same driver", async () => {
  const require = createRequire(import.meta.url);
  const modules = Object.keys(require.cache).filter((name) => /better-sqlite3.*\.js$/.test(name));
  for (const name of modules) delete require.cache[name];
  const SameDatabase = require("better-sqlite3") as typeof Database;
  expect(SameDatabase).not.toBe(Database);
  const path = tempFile();
  await openStorage({ path });
  const database = new SameDatabase(path);
  onTestFinished(() => void database.close());
  const storage = await openStorage({ database });
  expect(await storage.stats("acme")).toMatchObject({ items: 0 });
});

it("recognizes driver errors of another realm", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [OTHER_REALM, tempFile()]);
  expect(stdout.trim()).toBe("UNAVAILABLE false");
});
