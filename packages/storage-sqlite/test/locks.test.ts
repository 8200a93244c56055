import { execFile } from "node:child_process";
import { existsSync, linkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { openStorage } from "./support/open-storage.ts";
import { tempFile } from "./support/temp-file.ts";

const LOOK_IN = fileURLToPath(new URL("support/look-in.ts", import.meta.url));

/**
 * Whether this process's locks keep other processes from deleting the write-ahead log, as the last one to close does.
 * The other process opens the file by another name: SQLite from 3.51 on would also ask the log's index, older ones only
 * the file's locks.
 */
async function holdsLocks(path: string): Promise<boolean> {
  const link = `${path}-link`;
  linkSync(path, link);
  await promisify(execFile)(process.execPath, [LOOK_IN, link]);
  return existsSync(`${link}-wal`);
}

it.for<[string, (path: string) => Promise<unknown>]>([
  ["another storage opens it", (path) => openStorage({ path })],
  [
    "another storage opens and closes it",
    async (path) => {
      const storage = new SqliteStorage({ path });
      await storage.open();
      await storage.close();
    },
  ],
  [
    "a storage over a database of the user's opens and closes",
    async (path) => {
      const database = new Database(path);
      const storage = new SqliteStorage({ database });
      await storage.open();
      await storage.close();
      database.close();
    },
  ],
])("keeps its locks on a file when %s in the same process", async ([, act]) => {
  const path = tempFile();
  await openStorage({ path });
  await act(path);
  expect(await holdsLocks(path)).toBe(true);
});

it("holds no lock once the file is closed", async () => {
  const path = tempFile();
  const storage = await openStorage({ path });
  await storage.close();
  expect(await holdsLocks(path)).toBe(false);
});
