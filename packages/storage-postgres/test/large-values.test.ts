import { randomBytes } from "node:crypto";
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

it("takes the longest names that there are, however little they compress", async () => {
  const [connectionString, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  onTestFinished(() => schema.drop());
  const name = (bytes: number): string => randomBytes(bytes).toString("base64url").slice(0, bytes);
  const storage = new PostgresStorage({ connectionString, schema: schema.name });
  const limits = { keyBytes: 1_024 };
  const mesh = new ContextMesh({ tenantId: name(256), storage, limits });
  const [topic, agent] = [name(256), mesh.agent(name(256))];
  const [key, next] = [name(1_024), name(1_024)];
  await agent.subscribe([topic]);
  await agent.push(key, 1, { topics: [topic], subscribers: [agent.name] });
  await agent.push(next, 1, { topics: [topic], dependsOn: [key], ttl: "1h" });
  await (await agent.claim({ topic }))?.complete();
  expect((await agent.claim({ topic }))?.key).toBe(next);
  await agent.publish(name(256), 1, { topics: [topic], id: name(256) });
  expect(await agent.keys()).toEqual([next]);
  await mesh.close();
});
