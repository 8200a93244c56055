import { createHash } from "node:crypto";
import { ContextMesh, type Watch } from "@syntha/core";
import { decide } from "@syntha/core/storage";
import type { PostgresStorage } from "@syntha/storage-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, write } from "./support/operations.ts";
import { ownPool } from "./support/own-pool.ts";
import { ownNetwork } from "./support/own-server.ts";
import { query } from "./support/query.ts";
import { until } from "./support/until.ts";

/** Counts the notifications of a storage, once it is listening. */
async function countNotifications(
  storage: PostgresStorage,
  tenant = "acme",
): Promise<{ count: number }> {
  const notified = { count: 0 };
  onTestFinished(storage.onCommit(tenant, () => notified.count++));
  await until(() => notified.count > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  notified.count = 0;
  return notified;
}

it("notifies of another process's commit without polling", async () => {
  const place = await ownSchema();
  const here = await openStorage({ ...place, pollEvery: "1h" });
  const there = await openStorage(place);
  const notified = await countNotifications(here);
  for (let i = 1; i <= 20; i++) {
    await write(there);
    await until(() => notified.count >= i);
  }
  expect(notified.count).toBe(20);
});

it("notifies of its own commits before they are acknowledged", async () => {
  const storage = await openStorage({ ...(await ownSchema()), pollEvery: "1h" });
  const notified = await countNotifications(storage);
  let others = 0;
  onTestFinished(storage.onCommit("other", () => others++));
  await write(storage);
  expect(notified.count).toBe(1);
  await storage.commit("acme", [bySystem({ type: "sweep", limit: 5 })], decide);
  expect(notified.count).toBe(1);
  await storage.dropTenant({ tenantId: "acme" });
  expect(notified.count).toBe(2);
  expect(others).toBe(0);
});

it("sends neither tenant names nor data in notifications", async () => {
  const place = await ownSchema();
  const { connectionString } = place;
  const storage = await openStorage(place);
  await countNotifications(storage);
  const listener = new pg.Client({ connectionString });
  await listener.connect();
  onTestFinished(() => listener.end());
  const payloads: (string | undefined)[] = [];
  listener.on("notification", ({ payload }) => payloads.push(payload));
  const digest = createHash("sha256").update(place.schema).digest("hex").slice(0, 24);
  await listener.query(`LISTEN syntha_${digest}`);
  await write(storage, 1, "secret key", "secret tenant");
  await until(() => payloads.length > 0);
  expect(payloads.join()).not.toMatch(/secret/);
  expect(payloads.join()).toMatch(/^[0-9a-f-]{36} [0-9a-f]{24}$/);
});

it("finds commits by polling if notifications are lost", async () => {
  const place = await ownSchema();
  const here = await openStorage({ ...place, pollEvery: "100ms" });
  const notified = await countNotifications(here);
  // A commit without a notification.
  const silent = await openStorage(place);
  const { schema, connectionString } = place;
  await write(silent);
  await until(() => notified.count > 0);
  await new Promise((resolve) => setTimeout(resolve, 250));
  notified.count = 0;
  await query(connectionString, `UPDATE ${schema}.tenant SET head = head + 1`);
  await until(() => notified.count > 0);
  // Once is enough.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(notified.count).toBe(1);
});

it("polls through the pool while it can't listen", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const owner = await openStorage({ connectionString: database.url });
  const role = await database.role("CONNECTION LIMIT 1");
  await query(
    database.url,
    `GRANT USAGE ON SCHEMA syntha TO ${role.name}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA syntha TO ${role.name}`,
  );
  const pool = ownPool({ connectionString: role.url, max: 1 });
  await pool.query("SELECT 1");
  const storage = newStorage({ pool, pollEvery: "100ms" });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  const watch = mesh.agent("Ann").watch();
  await until(() => watch.cursor !== undefined);
  const change = watch.next();
  await write(owner);
  expect(await change).toMatchObject({ value: { type: "put", item: { key: "k" } } });
  await mesh.close();
});

it("misses no commit when the listening connection is lost", async () => {
  const place = await ownSchema();
  const network = await ownNetwork(place.connectionString);
  const there = await openStorage(place);
  const storage = newStorage({ ...place, connectionString: network.url, pollEvery: "1h" });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  const watch = mesh.agent("Ann").watch();
  await until(() => watch.cursor !== undefined);
  for (let round = 0; round < 5; round++) {
    network.cut();
    for (let i = 0; i < 3; i++) await write(there, i, `${round}.${i}`);
    expect(await keysOf(watch, 3)).toEqual([0, 1, 2].map((i) => `${round}.${i}`));
  }
  await mesh.close();
});

it("listens on one connection for any number of watches", async () => {
  const place = await ownSchema();
  const url = new URL(place.connectionString);
  const name = `watchers of ${place.schema}`.slice(0, 63);
  url.searchParams.set("application_name", name);
  const storage = newStorage({ ...place, connectionString: url.href, connections: 3 });
  const there = await openStorage(place);
  const meshes = Array.from(
    { length: 200 },
    (_, i) => new ContextMesh({ tenantId: `t${i}`, storage }),
  );
  const [first] = meshes as [ContextMesh];
  const watches = [
    ...Array.from({ length: 1_000 }, (_, i) => first.agent(`A${i}`).watch()),
    ...meshes.slice(1).map((mesh) => mesh.agent("Ann").watch()),
  ];
  await until(() => watches.every(({ cursor }) => cursor !== undefined));
  const [row] = await query<{ count: number }>(
    place.connectionString,
    `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = '${name}'`,
  );
  expect(row?.count).toBeLessThanOrEqual(4);
  const changes = watches.map((watch) => watch.next());
  await Promise.all(meshes.map((_, i) => write(there, 1, "k", `t${i}`)));
  for (const { value } of await Promise.all(changes))
    expect(value).toMatchObject({ type: "put", item: { key: "k" } });
  await Promise.all(meshes.map((mesh) => mesh.close()));
});

/** The keys of the next changes. */
async function keysOf(watch: Watch, count: number): Promise<string[]> {
  const keys: string[] = [];
  while (keys.length < count) {
    const { value } = await watch.next();
    if (value?.type === "put") keys.push(value.item.key);
  }
  return keys;
}
