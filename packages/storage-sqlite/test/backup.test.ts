import { rmSync } from "node:fs";
import { type ContextMesh, type Cursor, ContextMesh as Mesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { tempFile } from "./support/temp-file.ts";

const open = (path: string): ContextMesh =>
  new Mesh({ tenantId: "acme", storage: new SqliteStorage({ path }), sweepEvery: false });

/** Copies a database in use by SQLite's online backup. */
async function backUp(path: string, to: string): Promise<void> {
  const database = new Database(path);
  // A copy in several steps restarts with each write of another connection, and may never end.
  await database.backup(to, { progress: () => 0x7fffffff });
  database.close();
}

/** Replaces the file by the copy. */
async function restore(backup: string, path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  await backUp(backup, path);
}

async function keysSince(mesh: ContextMesh, since: Cursor): Promise<string[]> {
  const keys: string[] = [];
  const { revision } = await mesh.system.push("end", 1, { global: true });
  for await (const change of mesh.system.watch({ since })) {
    if (change.type !== "put") continue;
    if (change.item.revision === revision) break;
    keys.push(change.item.key);
  }
  return keys;
}

it("includes all acknowledged writes in a backup under load", async () => {
  const [path, backup] = [tempFile(), tempFile()];
  const mesh = open(path);
  // More pages than the driver copies in one step by default.
  const value = "x".repeat(4_000);
  for (let i = 0; i < 200; i++) await mesh.system.push(`before ${i}`, value, { global: true });
  let isDone = false;
  const writing = (async () => {
    for (let i = 0; !isDone; i++) await mesh.system.push(`during ${i}`, i, { global: true });
  })();
  await backUp(path, backup);
  isDone = true;
  await writing;
  await mesh.close();
  const copy = open(backup);
  const keys = await copy.system.keys();
  expect(keys.filter((key) => key.startsWith("before"))).toHaveLength(200);
  // The copy is a snapshot: its log has an entry for every item.
  expect((await copy.stats()).revision).toBe(keys.length);
  await copy.close();
});

it("rejects cursors after a restored backup, accepts older ones", async () => {
  const [path, backup] = [tempFile(), tempFile()];
  let mesh = open(path);
  await mesh.system.push("first", 1, { global: true });
  const { cursor: older } = await mesh.system.events();
  await mesh.system.push("second", 2, { global: true });
  await backUp(path, backup);
  await mesh.system.push("undone", 3, { global: true });
  await mesh.system.push("undone too", 4, { global: true });
  const { cursor: undone } = await mesh.system.events();
  await mesh.close();

  await restore(backup, path);
  mesh = open(path);
  const refusal = { code: "INVALID_CURSOR", hint: expect.stringContaining("initial: true") };
  await expect(mesh.system.watch({ since: undone }).next()).rejects.toMatchObject(refusal);
  // Also when the new history has reached the same position.
  await mesh.system.push("third", 3, { global: true });
  await mesh.system.push("fourth", 4, { global: true });
  await expect(mesh.system.watch({ since: undone }).next()).rejects.toMatchObject(refusal);
  await expect(mesh.system.events({ since: undone })).rejects.toMatchObject(refusal);
  expect(await keysSince(mesh, older)).toEqual(["second", "third", "fourth"]);
  await mesh.close();
});

it("rejects the token of a lease after a restore", async () => {
  const [path, backup] = [tempFile(), tempFile()];
  let mesh = open(path);
  await mesh.system.push("task", 1, { topics: ["work"] });
  await backUp(path, backup);
  const lease = await mesh.system.claim({ topic: "work" }, { lease: "1h" });
  await mesh.close();
  await restore(backup, path);
  mesh = open(path);
  await mesh.system.claim({ topic: "work" }, { lease: "1h" });
  await expect(mesh.system.lease("task", lease?.token ?? "").complete(2)).rejects.toMatchObject({
    code: "STALE_TOKEN",
  });
  expect(await mesh.system.get("task")).toBe(1);
  await mesh.close();
});
