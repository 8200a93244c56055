import { compareTenants, ContextMesh, copyTenant, type Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { TestedObjects } from "./support/tested-objects.ts";

/** A short run copies to and from one kind of storage. */
const KINDS: readonly ("SQLite" | "PostgreSQL")[] =
  process.env["SYNTHA_TESTS"] === "full" ? ["SQLite", "PostgreSQL"] : ["SQLite"];

let objects: TestedObjects;
beforeAll(async () => {
  objects = await TestedObjects.start();
});
afterAll(() => objects.stop());

async function fill(storage: Storage, tenantId: string): Promise<void> {
  const mesh = new ContextMesh({ storage, tenantId, sweepEvery: false });
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["news"]);
  await ann.pushMany(
    Array.from({ length: 120 }, (_, n) => ({ key: `item ${n}`, value: { n }, topics: ["news"] })),
  );
  await ann.push("brief", 1, { topics: ["news"], ttl: "1h" });
  await ann.publish("happened", { at: 1 }, { topics: ["news"] });
  await bea.claim({ topics: ["news"] }, { lease: "1h" });
  await mesh.setPermissions("Bot", { post: [] });
  await mesh.close();
}

/** A storage of another kind, open until the end of the test. */
async function openOther(kind: "SQLite" | "PostgreSQL"): Promise<Storage> {
  const schema = kind === "PostgreSQL" ? await freshSchema() : undefined;
  const storage =
    schema === undefined
      ? new SqliteStorage({ path: ":memory:" })
      : new PostgresStorage({ connectionString: schema.url, schema: schema.name });
  const keeper = new ContextMesh({ storage, tenantId: "keeper", sweepEvery: false });
  await keeper.stats();
  onTestFinished(() => keeper.close());
  return storage;
}

it.each(KINDS)("copies a tenant from %s to an object, and back", async (kind) => {
  const tenantId = `acme on ${kind}`;
  const [there, back] = [await openOther(kind), await openOther(kind)];
  await fill(there, tenantId);
  const inObject = objects.storage();
  await copyTenant({ from: there, to: inObject, tenantId });
  expect(await compareTenants({ left: there, right: inObject, tenantId })).toEqual({
    equal: true,
  });
  await copyTenant({ from: inObject, to: back, tenantId });
  expect(await compareTenants({ left: there, right: back, tenantId })).toEqual({ equal: true });
  await inObject.open();
  expect((await inObject.listTenants({ limit: 5 })).tenantIds).toContain(tenantId);
});

it("refuses a copy of a value that does not fit a row", async () => {
  const tenantId = "large";
  const there = await openOther("SQLite");
  const limits = { valueBytes: 4_000_000 };
  const mesh = new ContextMesh({ storage: there, tenantId, limits, sweepEvery: false });
  onTestFinished(() => mesh.close());
  await mesh.system.push("it", "x".repeat(3_000_000), { global: true });
  const inObject = objects.storage();
  await expect(copyTenant({ from: there, to: inObject, tenantId })).rejects.toMatchObject({
    code: "TOO_LARGE",
    details: { what: "record", size: expect.closeTo(3_000_000, -4) },
  });
});
