import { existsSync, statSync } from "node:fs";
import { decide } from "@syntha/core/storage";
import { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { openStorage } from "./support/open-storage.ts";
import { by, bySystem, onTopics, put, write } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

it("creates no file before it is opened", async () => {
  const path = tempFile();
  const storage = new SqliteStorage({ path });
  await expect(storage.stats("acme")).rejects.toMatchObject({ code: "CLOSED" });
  expect(existsSync(path)).toBe(false);
});

it("completes waiting calls before it closes", async () => {
  const path = tempFile();
  const storage = await openStorage({ path });
  const other = new Database(path);
  other.exec("BEGIN IMMEDIATE");
  const committing = write(storage);
  const closing = storage.close();
  await expect(storage.stats("acme")).rejects.toMatchObject({ code: "CLOSED" });
  other.exec("ROLLBACK");
  other.close();
  expect(await committing).toMatchObject([{ ok: true }]);
  await closing;
});

it("moves the log into the file on the last close", async () => {
  const path = tempFile();
  const storage = await openStorage({ path });
  await write(storage, "v".repeat(5_000));
  await storage.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
  const again = await openStorage({ path });
  expect((await again.stats("acme")).items).toBe(1);
});

it("bounds the size of the write-ahead log", async () => {
  const path = tempFile();
  const storage = await openStorage({ path });
  const text = "v".repeat(20_000);
  for (let i = 0; i < 1_500; i++) {
    await write(storage, text, `k${i % 10}`);
    if (i % 100 === 0) await storage.list("acme", { actor: null, limit: 10 });
  }
  expect(statSync(path).size + statSync(`${path}-wal`).size).toBeGreaterThan(40_000_000);
  expect(statSync(`${path}-wal`).size).toBeLessThan(20_000_000);
});

it("removes all rows of a dropped tenant", async () => {
  const path = tempFile();
  const storage = await openStorage({ path });
  const fill = (): Promise<unknown> =>
    storage.commit(
      "acme",
      [
        by("Ann", { type: "subscribe", agent: "Ann", topics: ["a", "b"] }),
        by("Ann", { type: "unsubscribe", agent: "Ann", topics: ["b"] }),
        by("Ann", put("k", 1, { route: onTopics("a"), expiry: 50 })),
        by("Ann", { type: "publish", id: "e", eventType: "made", data: "1", route: onTopics("a") }),
        bySystem({
          type: "setPermissions",
          agent: "Ann",
          permissions: { post: [], subscribe: ["a"], global: false, direct: false },
        }),
      ],
      decide,
    );
  await fill();
  const { epoch } = await storage.stats("acme");
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
  const database = new Database(path, { readonly: true });
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'syntha_%'")
    .pluck()
    .all() as string[];
  const rows = tables
    .filter((table) => table !== "syntha_migration")
    .map((table) => [table, database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]);
  database.close();
  expect(rows).toEqual(tables.filter((t) => t !== "syntha_migration").map((t) => [t, 0]));
  await fill();
  expect((await storage.stats("acme")).epoch).not.toBe(epoch);
});
