import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { expect, it, onTestFinished } from "vitest";

// Quotes and backslashes are escaped in JSON, and again in an array.
const DENSE = '"\\'.repeat(60_000);

it("writes and rewrites a batch of large and small values", async () => {
  const [connectionString, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  onTestFinished(() => schema.drop());
  const storage = new PostgresStorage({ connectionString, schema: schema.name });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  const values = Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? n : `${n}${DENSE}`));
  const batch = values.map((value, n) => ({ key: `item ${n}`, value, topics: ["work"] }));
  await mesh.system.pushMany(batch);
  await mesh.system.pushMany(batch.toReversed().map(({ key, value }) => ({ key, value: [value] })));
  const all = await mesh.system.getAll();
  expect(Object.keys(all)).toHaveLength(100);
  for (const [n, value] of values.entries()) expect(all[`item ${n}`]).toEqual([value]);
  expect(await mesh.system.keys({ topics: ["work"] })).toHaveLength(100);
  await mesh.close();
});

it("keeps apart a long key and a list of keys that is written in the same way", async () => {
  const [connectionString, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  onTestFinished(() => schema.drop());
  const storage = new PostgresStorage({ connectionString, schema: schema.name });
  const limits = { keyBytes: 100_000 };
  const mesh = new ContextMesh({ tenantId: "acme", storage, limits });
  const long = "x".repeat(5_000);
  const list = `{"${long}"}`;
  await mesh.system.push(long, 1, { global: true });
  // In one transaction.
  await Promise.all([mesh.system.delete(long), mesh.system.push(list, 2, { topics: ["work"] })]);
  expect((await mesh.system.claim({ topic: "work" }))?.key).toBe(list);
  expect(await mesh.system.keys()).toEqual([list]);
  await mesh.close();
});
