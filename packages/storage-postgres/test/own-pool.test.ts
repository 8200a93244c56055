import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { decide } from "@syntha/core/storage";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, put, write } from "./support/operations.ts";
import { ownPool } from "./support/own-pool.ts";
import { ownServer } from "./support/own-server.ts";
import { query } from "./support/query.ts";
import { until } from "./support/until.ts";

const KINDS: readonly (readonly [string, pg.PoolConfig & { pipeline?: boolean }])[] = [
  ["a default pool", {}],
  ["a pipelined pool", { pipeline: true }],
  ["a pool of one connection", { max: 1 }],
  ["a pipelined pool of one connection", { max: 1, pipeline: true }],
];

it.for(KINDS)("works with %s, also while watched", async ([, options]) => {
  const { connectionString, schema } = await ownSchema();
  const pool = ownPool({ connectionString, ...options });
  const storage = newStorage({ pool, schema });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  const [ann, bob] = [mesh.agent("Ann"), mesh.agent("Bob")];
  await ann.subscribe(["news"]);
  const seen: string[] = [];
  const watching = (async () => {
    for await (const change of ann.watch())
      if (change.type === "put" && seen.push(change.item.key) === 40) break;
  })();
  await ann.keys();
  const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
  await Promise.all(keys.map((key) => bob.push(key, key, { topics: ["news"] })));
  await watching;
  expect(seen.toSorted()).toEqual(keys.toSorted());
  await Promise.all([ann.getAll(), ann.keys(), mesh.stats(), mesh.topics()]);
  await mesh.close();
  expect(pool.ended).toBe(false);
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});

it("leaves the settings of the user's connections unchanged", async () => {
  const { connectionString, schema } = await ownSchema();
  const pool = ownPool({ connectionString, max: 1 });
  const settings = async (): Promise<unknown> =>
    (await pool.query("SELECT name, setting FROM pg_settings ORDER BY name")).rows;
  const before = await settings();
  const storage = await openStorage({ pool, schema, durability: "process" });
  await write(storage);
  await storage.commit("acme", [bySystem(put("k", 2, { ifRevision: 9 }))], decide);
  await storage.get("acme", "Ann", ["k"]);
  await storage.list("acme", { actor: "Ann", limit: 5 });
  await storage.dropTenant({ tenantId: "acme" });
  expect(await settings()).toEqual(before);
  const { rows } = await pool.query("SELECT txid_current_if_assigned() AS open");
  expect(rows).toEqual([{ open: null }]);
});

it("reads the same whatever type parsers the user has set", async () => {
  const { connectionString, schema } = await ownSchema();
  const types = { getTypeParser: () => () => "not what it is" };
  const pool = ownPool({ connectionString, types: types as unknown as pg.CustomTypesConfig });
  const storage = await openStorage({ pool, schema });
  const topics = { topics: ["a", 'b"\\,{}'], subscribers: [], global: false };
  await storage.commit("acme", [bySystem(put("k", [1], { route: topics }))], decide);
  const { items, head } = await storage.get("acme", null, ["k"]);
  expect(items[0]).toMatchObject({ value: "[1]", revision: 1, ...topics });
  expect(head).toBe(1);
});

it("listens with the pool's password, however it is passed", async () => {
  const server = await ownServer();
  const password = "correct horse";
  await query(server.url, `ALTER ROLE postgres PASSWORD '${password}'`);
  await writeFile(join(server.directory, "pg_hba.conf"), "host all all all scram-sha-256\n");
  await server.restart();
  const account = { host: "127.0.0.1", port: server.port, user: "postgres", database: "postgres" };
  for (const secret of [password, () => password, async () => password]) {
    const pool = ownPool({ ...account, password: secret, application_name: "mine" });
    const storage = await openStorage({ pool });
    storage.onCommit("acme", () => {});
    await expect
      .poll(async () => {
        const { rows } = await pool.query<{ query: string }>(
          "SELECT query FROM pg_stat_activity WHERE application_name = 'mine'",
        );
        return rows.length - pool.totalCount;
      })
      .toBe(1);
    await storage.close();
    await pool.end();
  }
});

it("rejects with CLOSED after the user has ended the pool", async () => {
  const { connectionString, schema } = await ownSchema();
  const pool = ownPool({ connectionString });
  const storage = await openStorage({ pool, schema });
  await pool.end();
  await expect(storage.stats("acme")).rejects.toMatchObject({
    code: "CLOSED",
    retryable: false,
    hint: expect.stringContaining("before the pool"),
  });
  await storage.close();
});

it("times out waiting for a connection of a busy user's pool", async () => {
  const { connectionString, schema } = await ownSchema();
  const pool = ownPool({ connectionString, max: 1 });
  const storage = await openStorage({ pool, schema, busyTimeout: "1s" });
  const taken = await pool.connect();
  await expect(storage.stats("acme")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    hint: expect.stringContaining("connections"),
  });
  taken.release();
  // The connection that arrived too late was returned.
  expect(await storage.stats("acme")).toMatchObject({ items: 0 });
  await until(() => pool.idleCount === 1);
});

it("survives the loss of a connection of the user's pool", async () => {
  const { connectionString, schema } = await ownSchema();
  const pool = new pg.Pool({ connectionString });
  onTestFinished(() => pool.end());
  const storage = await openStorage({ pool, schema });
  const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await query(connectionString, `SELECT pg_terminate_backend(${rows[0]?.pid})`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await storage.stats("acme")).toMatchObject({ items: 0 });
});
