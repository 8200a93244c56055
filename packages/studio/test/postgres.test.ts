import { ContextMesh, TenantRegistry } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { TcpProxy } from "@syntha/testing-postgres";
import { manualClock } from "@syntha/core/testing";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { expect, it, onTestFinished } from "vitest";
import { viewDifferences } from "./support/agent-views.ts";
import { diceOf } from "./support/hostile.ts";
import { fillDesk } from "./support/mesh.ts";
import { actAtRandom, TEAM } from "./support/random-team.ts";
import { openStudio } from "./support/studio.ts";

it("shows tenants in PostgreSQL, live while another process writes", async () => {
  const fresh = await freshSchema();
  onTestFinished(() => fresh.drop());
  const options = { connectionString: fresh.url, schema: fresh.name };
  const tenants = new TenantRegistry({ storage: new PostgresStorage(options) });
  onTestFinished(() => tenants.close());
  await fillDesk(tenants.mesh("acme"));
  const { read, live, act } = await openStudio({ tenants, write: true, person: "Ada" });
  const tenant = "acme";
  expect(await read("api/session")).toMatchObject({ storage: "postgresql", tenantIds: [tenant] });
  const { items } = await read("api/items", { tenant, as: "Sales" });
  expect(items.filter(({ visible }) => visible).map(({ key }) => key)).toEqual(["inquiry:1"]);
  expect((await read("api/overview", { tenant })).problems.unknownRecipients).toHaveLength(1);
  expect((await read("api/items", { tenant, at: "5" })).items).toHaveLength(1);
  expect((await read("api/log", { tenant, limit: "3" })).entries).toHaveLength(3);
  expect((await read("api/tasks", { tenant, topic: "support" })).columns.open?.items).toHaveLength(
    2,
  );

  const other = new ContextMesh({
    storage: new PostgresStorage(options),
    tenantId: tenant,
  });
  onTestFinished(() => other.close());
  const client = await live({ tenant });
  await client.first(({ type }) => type === "ready");
  await other.agent("Triage").push("inquiry:2", 2, { topics: ["customers"] });
  await client.put("inquiry:2");
  const { lastId } = client;
  client.disconnect();
  await other.system.push("inquiry:3", 3, { topics: ["customers"] });
  await act("api/push", { tenant, key: "note:ada", value: 1, topics: ["customers"] });
  const resumed = await live({ tenant }, { "last-event-id": lastId });
  await resumed.put("note:ada");
  expect(resumed.keys).toEqual(["inquiry:3", "note:ada"]);
});

it("reports an outage of PostgreSQL, and misses nothing of what was written meanwhile", async () => {
  const fresh = await freshSchema();
  onTestFinished(() => fresh.drop());
  const network = await TcpProxy.to(fresh.url);
  onTestFinished(() => network.close());
  const schema = fresh.name;
  const mesh = new ContextMesh({
    storage: new PostgresStorage({ connectionString: network.url, schema, busyTimeout: "500ms" }),
  });
  onTestFinished(() => mesh.close());
  const writer = new ContextMesh({
    storage: new PostgresStorage({ connectionString: fresh.url, schema }),
  });
  onTestFinished(() => writer.close());
  await writer.system.push("before", 1, { global: true });
  const { live, refusal } = await openStudio({ mesh });
  const client = await live();
  await client.first(({ type }) => type === "ready");
  network.blackhole();
  network.cut();
  for (const key of ["a", "b", "c"]) await writer.system.push(key, key, { global: true });
  await client.first((message) => message.type === "connection" && !message.connected);
  expect(await refusal("api/items")).toMatchObject({ status: 503, code: "UNAVAILABLE" });
  network.heal();
  await client.first((message) => message.type === "connection" && message.connected);
  await client.put("c");
  expect(client.keys).toEqual(["a", "b", "c"]);
});

it("shows each agent's view on PostgreSQL as the mesh answers the agent", async () => {
  const fresh = await freshSchema();
  onTestFinished(() => fresh.drop());
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const storage = new PostgresStorage({ connectionString: fresh.url, schema: fresh.name, clock });
  const mesh = new ContextMesh({ storage });
  onTestFinished(() => mesh.close());
  for (const name of TEAM) await mesh.agent(name).announce({ description: name });
  const studio = await openStudio({ mesh });
  const roll = diceOf(7);
  for (let step = 0; step < 40; step++) await actAtRandom(mesh, clock, roll);
  for (const name of TEAM) expect(await viewDifferences(mesh, studio, name)).toEqual([]);
});
