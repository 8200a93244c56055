import { compareTenants, ContextMesh, copyTenant, MemoryStorage, type Storage } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import { TestedObjects } from "./support/tested-objects.ts";

const tenantId = "acme";

async function fill(storage: Storage): Promise<void> {
  const mesh = new ContextMesh({ storage, tenantId });
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

it("copies a tenant from a SQLite file to an object, and back", async () => {
  const objects = await TestedObjects.start();
  onTestFinished(() => objects.stop());
  const file = new SqliteStorage({ path: ":memory:" });
  const back = new SqliteStorage({ path: ":memory:" });
  // Data in memory lives as long as its storage is open.
  const keepers = [file, back].map((storage) => new ContextMesh({ storage, tenantId: "keeper" }));
  for (const keeper of keepers) {
    await keeper.stats();
    onTestFinished(() => keeper.close());
  }
  await fill(file);
  const inObject = objects.storage();
  await copyTenant({ from: file, to: inObject, tenantId });
  expect(await compareTenants({ left: file, right: inObject, tenantId })).toEqual({ equal: true });
  await copyTenant({ from: inObject, to: back, tenantId });
  expect(await compareTenants({ left: file, right: back, tenantId })).toEqual({ equal: true });
  const memory = new MemoryStorage();
  await copyTenant({ from: inObject, to: memory, tenantId });
  await inObject.open();
  expect((await inObject.listTenants({ limit: 5 })).tenantIds).toEqual([tenantId]);
});
