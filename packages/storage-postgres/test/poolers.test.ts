import { ContextMesh } from "@syntha/core";
import { decide } from "@syntha/core/storage";
import { type PostgresStorageOptions, rowLevelSecuritySql } from "@syntha/storage-postgres";
import { type PoolerOptions, TransactionPooler } from "@syntha/testing-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { PgConnection } from "../src/connection/pg-connection.ts";
import { toSettings } from "../src/settings.ts";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, put, write } from "./support/operations.ts";
import { ownPool, poolsOf } from "./support/own-pool.ts";
import { ownNetwork } from "./support/own-server.ts";
import { query } from "./support/query.ts";
import { until } from "./support/until.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";

/** The number of the pooler's sessions. */
const SIZE = 2;

interface Place {
  readonly connectionString: string;
  readonly schema: string;
  /** The server's URL, without the pooler. */
  readonly direct: string;
}

async function pooled(options: PoolerOptions = {}): Promise<Place> {
  const { connectionString: direct, schema } = await ownSchema();
  const pooler = await TransactionPooler.to(direct, { size: SIZE, ...options });
  onTestFinished(() => pooler.close());
  return { connectionString: pooler.url, schema, direct };
}

const POOLS = poolsOf(10);

describe.for(POOLS)("through a pooler in transaction mode, with %s", ([, optionsFor]) => {
  it("leaves no settings for other clients of the pooler", async () => {
    const place = await pooled();
    const other = new pg.Client({ connectionString: place.connectionString });
    await other.connect();
    onTestFinished(() => other.end());
    /** The settings and channels of each session of the pooler. */
    const left = async (): Promise<unknown> => {
      const sessions = new Map<number, unknown>();
      while (sessions.size < SIZE) {
        const { rows } = await other.query(
          `SELECT pg_backend_pid() AS pid, (SELECT json_agg(json_build_array(name, setting) ORDER BY name) FROM pg_settings) AS settings,
             (SELECT json_agg(c) FROM pg_listening_channels() c) AS channels`,
        );
        sessions.set(rows[0].pid, rows[0]);
      }
      return Object.fromEntries(sessions);
    };
    const before = await left();
    const storage = newStorage({ ...optionsFor(place), durability: "process", pollEvery: "20ms" });
    const mesh = new ContextMesh({ tenantId: "acme", storage });
    const [ann, bob] = [mesh.agent("Ann"), mesh.agent("Bob")];
    await ann.subscribe(["news"]);
    const watch = ann.watch();
    const seen = watch.next();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        bob.push(`k${i}`, i, { topics: ["news"], ifRevision: 0 }),
      ),
    );
    expect(Object.keys(await ann.getAll())).toHaveLength(20);
    expect(await ann.get("k7")).toBe(7);
    expect(await mesh.stats()).toMatchObject({ items: 20 });
    expect(await seen).toMatchObject({ value: { type: "put" } });
    expect(await ann.claim({ topic: "news" }, { lease: "1m" })).toBeDefined();
    await mesh.close();
    expect(await left()).toEqual(before);
  });

  it("finds the writes of others within pollEvery", async () => {
    const place = await pooled();
    const there = await openStorage({ connectionString: place.direct, schema: place.schema });
    const storage = await openStorage({ ...optionsFor(place), pollEvery: "20ms" });
    let rings = 0;
    storage.onCommit("acme", () => rings++);
    await until(() => rings > 0);
    for (let i = 0; i < 3; i++) {
      rings = 0;
      await write(there, i);
      await until(() => rings > 0);
    }
    expect(rings).toBeGreaterThan(0);
  });
});

it("sets the tenant of row level security in each transaction", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  await openStorage({ connectionString: database.url });
  const role = await database.role();
  await query(database.url, rowLevelSecuritySql({ role: role.name }));
  const pooler = await TransactionPooler.to(role.url);
  onTestFinished(() => pooler.close());
  const connectionString = pooler.url;
  for (const options of [{ connectionString }, { pool: ownPool({ connectionString }) }]) {
    const storage = await openStorage({ ...options, rowLevelSecurity: true, migrate: false });
    for (const tenant of ["acme", "other"])
      await storage.commit(tenant, [bySystem(put("k", tenant))], decide);
    expect(await storage.get("acme", null, ["k"])).toMatchObject({ items: [{ value: '"acme"' }] });
    expect(await storage.get("other", null, ["k"])).toMatchObject({
      items: [{ value: '"other"' }],
    });
  }
});

it.for(["statement", "careless"] as const)("rejects a pooler in %s mode", async (mode) => {
  const { connectionString, schema } = await pooled({ mode });
  for (const options of [{ connectionString }, { pool: ownPool({ connectionString }) }])
    await expect(newStorage({ ...options, schema }).open()).rejects.toMatchObject({
      code: "MISCONFIGURED",
      retryable: false,
      message: expect.stringMatching(/pooler/),
      hint: expect.stringContaining("pool_mode"),
    });
});

describe("session settings", () => {
  async function linkTo(connectionString: string): Promise<PgConnection> {
    const client = new pg.Client({ connectionString });
    await client.connect();
    onTestFinished(() => client.end());
    return new PgConnection(client, toSettings({ connectionString, busyTimeout: "1ms" }));
  }

  it("are kept on a direct connection, also through a proxy", async () => {
    const { connectionString } = await ownSchema();
    const network = await ownNetwork(connectionString);
    for (const url of [connectionString, network.url]) {
      const { client } = await linkTo(url);
      const link = new PgConnection(client, toSettings({ connectionString }));
      await link.setUp();
      expect(link.isDirect).toBe(true);
      expect((await client.query("SHOW lock_timeout")).rows).toEqual([{ lock_timeout: "10s" }]);
    }
  });

  it("are not kept through a pooler, even with a plausible process id", async () => {
    const { connectionString } = await pooled({ size: 1 });
    const link = await linkTo(connectionString);
    const shown = async (): Promise<unknown> => (await link.client.query("SHOW lock_timeout")).rows;
    await link.setUp();
    expect(link.isDirect).toBe(false);
    expect(await shown()).toEqual([{ lock_timeout: "0" }]);
    const { rows } = await link.client.query("SELECT pg_backend_pid() AS pid, pg_sleep(0.05)");
    const again = new PgConnection(
      link.client,
      toSettings({ connectionString, busyTimeout: "1ms" }),
    );
    Object.assign(link.client, { processID: rows[0].pid });
    await again.setUp();
    expect(again.isDirect).toBe(false);
    expect(await shown()).toEqual([{ lock_timeout: "0" }]);
  });
});

describe("a durable commit waits for the disk", () => {
  const WAYS: readonly (readonly [string, (url: string) => PostgresStorageOptions])[] = [
    ["with its own pool", (connectionString) => ({ connectionString })],
    ["with a user's pool", (connectionString) => ({ pool: ownPool({ connectionString }) })],
  ];
  const ALL = WAYS.flatMap(([way, optionsFor]) =>
    (["directly", "through a pooler"] as const).flatMap((path) =>
      (["off", "on", "remote_apply"] as const).map(
        (role) => [role, way, path, optionsFor] as const,
      ),
    ),
  );

  // The role's "off" is overridden in every way; other levels are kept on a direct connection.
  const CASES = ALL.filter(
    ([role, way, path]) => role === "off" || (path === "directly" && way === "with its own pool"),
  );

  it.for(isFull ? ALL : CASES)(
    "with synchronous_commit %s, %s, %s",
    async ([role, , path, optionsFor]) => {
      const { connectionString, schema, direct } = await pooled();
      // Like a setting of the role: every session starts with it.
      const url = new URL(path === "directly" ? direct : connectionString);
      url.searchParams.set("options", `-c synchronous_commit=${role}`);
      const setUp = await openStorage({ connectionString: direct, schema });
      await setUp.close();
      await query(
        direct,
        `CREATE TABLE ${schema}.seen (level text)`,
        `CREATE FUNCTION ${schema}.note() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO ${schema}.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$`,
        `CREATE TRIGGER note AFTER INSERT ON ${schema}.log FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.note()`,
      );
      const storage = await openStorage({ ...optionsFor(url.href), schema });
      for (let i = 0; i < 4; i++) await write(storage, i);
      const [row] = await query(
        direct,
        `SELECT json_agg(DISTINCT level) AS levels FROM ${schema}.seen`,
      );
      const isRoles = path === "directly" && role !== "off";
      expect(row).toEqual({ levels: [isRoles ? role : "on"] });
    },
  );
});
