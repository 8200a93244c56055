import type { Storage } from "@syntha/core";
import { decide, type FullStorage, type Outcome } from "@syntha/core/storage";
import { expect, it } from "vitest";
import { TENANT_COLUMNS } from "../src/tables/tenant-rows.ts";
import { openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, put } from "./support/operations.ts";
import { ownPool } from "./support/own-pool.ts";
import { ownNetwork } from "./support/own-server.ts";
import { query } from "./support/query.ts";

/** A delay per round trip, so that others act between any two of a transaction. */
const DELAY_MS = 3;
const ROUNDS = 8;

/** Storages of three processes, each with its own pool and a slow network. */
async function threeProcesses(): Promise<{
  storages: [Storage, Storage, Storage];
  address: Address;
}> {
  const address = await ownSchema();
  const proxy = await ownNetwork(address.connectionString);
  const open = (): Promise<Storage> => {
    const pool = ownPool({ connectionString: proxy.url, max: 4 });
    return openStorage({ pool, schema: address.schema });
  };
  const storages = [await open(), await open(), await open()] satisfies Storage[];
  proxy.delay(DELAY_MS);
  return { storages: storages as [Storage, Storage, Storage], address };
}

interface Address {
  readonly connectionString: string;
  readonly schema: string;
}

/** The number of rows of each table that is not empty. */
async function rowsIn({ connectionString, schema }: Address): Promise<Record<string, number>> {
  const counts = Object.keys(TENANT_COLUMNS).map(
    (table) => `SELECT '${table}' AS name, count(*)::int AS rows FROM "${schema}".${table}`,
  );
  const all = await query<{ name: string; rows: number }>(
    connectionString,
    counts.join(" UNION ALL "),
  );
  return Object.fromEntries(
    all.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows]),
  );
}

async function write(storage: Storage, tenant: string, key: string): Promise<number> {
  const [outcome] = await storage.commit(tenant, [bySystem(put(key, key))], decide);
  return (outcome as Outcome & { ok: true }).position;
}

/** The keys of the items, and of the items in the log. */
async function keysOf(storage: Storage, tenant: string): Promise<[string[], string[]]> {
  const { items } = await storage.list(tenant, { actor: null, limit: 1_000 });
  const { entries } = await storage.log(tenant, { after: "start", limit: 1_000 });
  const logged = entries.flatMap(({ change }) => (change.type === "put" ? [change.key] : []));
  return [items.map(({ key }) => key), logged.toSorted()];
}

it("stays consistent when two processes drop while a third writes", async () => {
  const { storages, address } = await threeProcesses();
  const [one, other, third] = storages;
  await Promise.all(
    Array.from({ length: ROUNDS }, async (_, round) => {
      const tenant = `tenant ${round}`;
      await write(one, tenant, "old");
      const drops = [one, other].map((each) => each.dropTenant({ tenantId: tenant }));
      let isOver = false;
      const dropping = Promise.all(drops).then(() => (isOver = true));
      const written: string[] = [];
      do written.push(`new ${await write(third, tenant, `new ${written.length}`)}`);
      while (!isOver);
      await dropping;
      await write(third, tenant, "last");
      const [items, logged] = await keysOf(third, tenant);
      expect(items).toContain("last");
      expect(logged).toEqual(items);
      await other.dropTenant({ tenantId: tenant });
      expect(await write(one, tenant, "old")).toBe(1);
      await one.dropTenant({ tenantId: tenant });
    }),
  );
  expect(await rowsIn(address)).toEqual({});
});

/** More rows than one transaction of a drop deletes. */
const MANY = 1_100;

/** Interrupts the drop of a large tenant after its first transaction; returns another storage. */
async function halfDropped(tenant: string): Promise<{ address: Address; storage: FullStorage }> {
  const address = await ownSchema();
  const proxy = await ownNetwork(address.connectionString);
  const cutOff = await openStorage({ ...address, connectionString: proxy.url });
  const puts = Array.from({ length: MANY }, (_, n) => put(`old ${n}`, n));
  await cutOff.commit(tenant, [bySystem(...puts)], decide);
  const cut = proxy.cutAt("t.loading = 'dropping'", "before");
  const dropping = cutOff.dropTenant({ tenantId: tenant });
  await Promise.all([cut, expect(dropping).rejects.toMatchObject({ code: "UNAVAILABLE" })]);
  expect(await rowsIn(address)).toMatchObject({ tenant: 1, item: 100, log: 100 });
  return { address, storage: await openStorage(address) };
}

it("hides a large tenant at once, even if its drop is interrupted", async () => {
  const { address, storage } = await halfDropped("acme");
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
  expect(await rowsIn(address)).toEqual({});
});

it("completes an interrupted drop before the next write", async () => {
  const { address, storage } = await halfDropped("acme");
  const positions = ["one", "two"].map((key) => write(storage, "acme", key));
  expect(await Promise.all(positions)).toEqual([1, 2]);
  expect(await rowsIn(address)).toMatchObject({ tenant: 1, item: 2, log: 2 });
  expect(await keysOf(storage, "acme")).toEqual([
    ["one", "two"],
    ["one", "two"],
  ]);
});
