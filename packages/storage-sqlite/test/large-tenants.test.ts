import { ContextMesh, copyTenant } from "@syntha/core";
import { type Commit, decide, type DumpRequest } from "@syntha/core/storage";
import { type ManualClock, manualClock } from "@syntha/core/testing";
import type { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";

import { openStorage } from "./support/open-storage.ts";
import { bySystem, put } from "./support/operations.ts";
import { tempFile } from "./support/temp-file.ts";

/** More rows than one transaction of a drop removes. */
const MANY = 1_200;

async function fill(storage: SqliteStorage, count = MANY): Promise<void> {
  const puts = Array.from({ length: count }, (_, n) => put(`old ${n}`, n));
  await storage.commit("acme", [bySystem(...puts)], decide);
}

/** Row counts of the tables that are not empty. */
function rowsIn(path: string): Record<string, number> {
  const database = new Database(path, { readonly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'syntha_%'")
      .pluck()
      .all() as string[];
    const rows = tables
      .filter((name) => name !== "syntha_migration")
      .map(
        (name) => [name, database.prepare(`SELECT count(*) FROM ${name}`).pluck().get()] as const,
      )
      .filter(([, count]) => count !== 0);
    return Object.fromEntries(rows) as Record<string, number>;
  } finally {
    database.close();
  }
}

/** Drops a large tenant, and closes the storage after the first transaction of the drop. */
async function interruptDrop(): Promise<{ path: string; storage: SqliteStorage }> {
  const path = tempFile();
  const interrupted = await openStorage({ path });
  await fill(interrupted);
  const dropping = interrupted.dropTenant({ tenantId: "acme" });
  const closing = interrupted.close();
  await expect(dropping).rejects.toMatchObject({ code: "CLOSED" });
  await closing;
  expect(rowsIn(path)).toMatchObject({ syntha_tenant: 1, syntha_item: 700, syntha_log: 700 });
  return { path, storage: await openStorage({ path }) };
}

it("hides a large tenant when its drop is interrupted", async () => {
  const { path, storage } = await interruptDrop();
  expect(await storage.stats("acme")).toMatchObject({
    epoch: "",
    head: 0,
    items: 0,
    logEntries: 0,
  });
  expect(await storage.listTenants({ limit: 9 })).toMatchObject({ tenantIds: [] });
  const range = { tenantId: "acme", section: "items", limit: 9 } as const;
  expect(await storage.dump(range)).toMatchObject({ header: null, loading: null, records: [] });
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
  expect(rowsIn(path)).toEqual({});
});

it("completes an interrupted drop before the next write", async () => {
  const { path, storage } = await interruptDrop();
  const outcomes = await storage.commit("acme", [bySystem(put("new", 1))], decide);
  expect(outcomes).toMatchObject([{ ok: true, position: 1 }]);
  expect(rowsIn(path)).toMatchObject({ syntha_tenant: 1, syntha_item: 1, syntha_log: 1 });
});

it.each<[string, (mesh: ContextMesh, storage: SqliteStorage) => Promise<unknown>]>([
  ["dropped", (_, storage) => storage.dropTenant({ tenantId: "acme" })],
  ["cleared", (mesh) => mesh.clear()],
])("does not block other writes while a large tenant is %s", async (_, remove) => {
  const storage = await openStorage({ path: ":memory:" });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  onTestFinished(() => mesh.close());
  await fill(storage, 4_000);
  let isDone = false;
  const removing = remove(mesh, storage).finally(() => (isDone = true));
  let writes = 0;
  for (; !isDone; writes++) {
    await storage.commit("other", [bySystem(put("k", writes))], decide);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await removing;
  expect(writes).toBeGreaterThan(1);
});

/** A tenant with an expired item that has very many log entries. */
async function withHotKey(): Promise<{
  storage: SqliteStorage;
  clock: ManualClock;
  before: number;
}> {
  const clock = manualClock();
  const storage = await openStorage({ path: ":memory:", clock });
  const hot = Array.from({ length: 4_100 }, (_, n): Commit => {
    return bySystem(put("hot", `secret ${n}`, { expiry: 60_000 }));
  });
  await storage.commit("acme", hot, decide);
  const before = clock();
  clock.advance("1m");
  return { storage, clock, before };
}

const sweep = bySystem({ type: "sweep", limit: 10 });

/** A sweep that fails after it removed values and before it removes the item. */
async function failingSweep(storage: SqliteStorage): Promise<void> {
  let tries = 0;
  const once: typeof decide = (commit, facts) => {
    if (tries++ > 0) throw new Error("Not now.");
    return decide(commit, facts);
  };
  await expect(storage.commit("acme", [sweep], once)).rejects.toThrow("Not now.");
}

it("removes the values of an expired key in several transactions", async () => {
  const { storage, clock, before } = await withHotKey();
  await failingSweep(storage);
  clock.set(before);
  expect((await storage.get("acme", null, ["hot"])).items).toEqual([undefined]);
  const { entries } = await storage.log("acme", { after: "start", limit: 5_000 });
  expect([entries.length, JSON.stringify(entries).includes("secret")]).toEqual([4_100, false]);
  await storage.commit("acme", [sweep], decide);
  expect(await storage.stats("acme")).toMatchObject({ head: 4_101, expired: 0, items: 0 });
});

it("copies a tenant while its expired values are removed", async () => {
  const { storage: source } = await withHotKey();
  let isSwept = false;
  const from = new Proxy(source, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "dump") return value.bind(target) as unknown;
      return async (request: DumpRequest): Promise<unknown> => {
        // All sections are copied before this one.
        if (request.section === "changes" && !isSwept) {
          isSwept = true;
          await failingSweep(source);
        }
        return target.dump(request);
      };
    },
  });
  const to = await openStorage({ path: ":memory:" });
  expect(await copyTenant({ from, to, tenantId: "acme" })).toMatchObject({ verified: true });
  expect(isSwept).toBe(true);
});
