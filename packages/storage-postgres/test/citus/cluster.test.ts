import { ContextMesh } from "@syntha/core";
import { migrationSql } from "@syntha/storage-postgres";
import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { PgConnection } from "../../src/connection/pg-connection.ts";
import { Server } from "../../src/connection/server.ts";
import { ShardCalls } from "../../src/connection/shard-calls.ts";
import { BEGIN_READ_ON_SHARD } from "../../src/connection/transaction.ts";
import { MIGRATIONS } from "../../src/migrations/index.ts";
import { migrate } from "../../src/migrations/migrate.ts";
import type { Migration } from "../../src/migrations/migration.ts";
import { toSettings } from "../../src/settings.ts";
import { TENANT_COLUMNS } from "../../src/tables/tenant-rows.ts";
import { citusSchema, citusUrl, hasCitus, distributed, SHARDS } from "../support/citus.ts";
import { newStorage, openStorage } from "../support/open-storage.ts";
import { write } from "../support/operations.ts";
import { query } from "../support/query.ts";

const TENANTS = ["acme", "other", "third", "fourth", "fifth"];

/** The tables that Citus knows, with how each is distributed. */
function tables(schema: string): Promise<{ name: string; type: string; shards: string }[]> {
  return query(
    citusUrl(),
    `SELECT c.relname AS name, t.citus_table_type AS type, t.shard_count::text AS shards
     FROM citus_tables t JOIN pg_class c ON c.oid = t.table_name
     WHERE c.relnamespace = '${schema}'::regnamespace ORDER BY 1`,
  );
}

const DISTRIBUTED = [
  ...Object.keys(TENANT_COLUMNS).map((name) => ({
    name,
    type: "distributed",
    shards: `${SHARDS}`,
  })),
  { name: "migration", type: "reference", shards: "1" },
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

describe.skipIf(!hasCitus)("distributed tables", () => {
  it("are made by the option, and used without it afterwards", async () => {
    const place = citusSchema();
    const storage = await openStorage({ ...place, distribute: { shards: SHARDS } });
    await write(storage, "v");
    expect(await tables(place.schema)).toEqual(DISTRIBUTED);
    const plain = await openStorage(place);
    expect((await plain.get("acme", null, ["k"])).items).toMatchObject([{ value: '"v"' }]);
    const again = await openStorage({ ...place, distribute: { shards: 2 * SHARDS } });
    await write(again, "w");
    expect(await tables(place.schema)).toEqual(DISTRIBUTED);
  });

  it("are made by the script, for a program that may not", async () => {
    const place = citusSchema();
    const options = { ...place, migrate: false, distribute: true };
    const { schema } = place;
    await query(place.connectionString, migrationSql({ schema }));
    await expect(newStorage(options).open()).rejects.toMatchObject({
      code: "STORAGE_MISMATCH",
      message: expect.stringContaining("not distributed: tenant, item"),
      hint: expect.stringContaining("migrationSql({ from: 1, distribute: true })"),
    });
    const script = migrationSql({
      schema,
      from: MIGRATIONS.length,
      distribute: { shards: SHARDS },
    });
    await query(place.connectionString, script, script);
    expect(await tables(schema)).toEqual(DISTRIBUTED);
    await write(await openStorage(options));
  });

  it("keep the rows that local tables had, and leave none behind", async () => {
    const place = citusSchema();
    const local = await openStorage(place);
    for (const [i, tenantId] of TENANTS.entries())
      for (let n = 0; n <= i; n++) await write(local, n, `k${n}`, tenantId);
    const before = await Promise.all(TENANTS.map((name) => local.dump(page(name))));
    await openStorage({ ...place, distribute: { shards: SHARDS } });
    // The first storage does not know of it yet.
    expect(await Promise.all(TENANTS.map((name) => local.dump(page(name))))).toEqual(before);
    await write(local, "new", "new");
    expect((await local.listTenants({ limit: 10 })).tenantIds).toEqual(TENANTS.toSorted());
    const [{ bytes } = {}] = await query<{ bytes: string }>(
      citusUrl(),
      `SELECT sum(pg_relation_size(oid)) AS bytes FROM pg_class
       WHERE relnamespace = '${place.schema}'::regnamespace AND relkind = 'r' AND relname <> 'migration'
         AND oid IN (SELECT logicalrelid FROM pg_dist_partition)`,
    );
    expect(bytes).toBe("0");
  });

  it("are migrated once when 8 processes open a new schema", async () => {
    const options = { ...citusSchema(), connections: 2, distribute: { shards: SHARDS } };
    const storages = Array.from({ length: 8 }, () => newStorage(options));
    await Promise.all(
      storages.map(async (storage, i) => {
        await storage.open();
        await write(storage, i, `k${i}`);
      }),
    );
    expect(await storages[0]?.stats("acme")).toMatchObject({ items: 8, head: 8 });
  });

  it("are changed by later migrations", async () => {
    const { schema, connectionString, ...options } = await distributed();
    const storage = await openStorage({ schema, connectionString, ...options });
    await write(storage);
    const client = await connected();
    const link = new PgConnection(client, toSettings({ connectionString, schema }));
    const widened: Migration = {
      version: MIGRATIONS.length + 1,
      breaking: false,
      sql: (name) => `ALTER TABLE ${name}.item ADD COLUMN note text;
CREATE INDEX item_note ON ${name}.item (tenant, note);
UPDATE ${name}.item SET note = 'none';
`,
    };
    const server = Object.assign(new Server(), { citus: "13.2" });
    await migrate(link, schema, { server, migrations: [...MIGRATIONS, widened] });
    expect(server.isDistributed).toBe(true);
    expect(await query(citusUrl(), `SELECT note FROM ${schema}.item`)).toEqual([{ note: "none" }]);
    await write(storage, 2);
  });

  it("have all rows of a tenant on one worker", async () => {
    const { schema, ...options } = await distributed();
    const mesh = new ContextMesh({ tenantId: "acme", storage: newStorage({ schema, ...options }) });
    const ann = mesh.agent("Ann");
    await ann.subscribe(["work"]);
    await ann.push("k", 1, { topics: ["work"] });
    await ann.publish("made", 1, { topics: ["work"] });
    await mesh.close();
    const found = await query<{ result: string }>(
      citusUrl(),
      `SELECT result
       FROM run_command_on_colocated_placements('${schema}.tenant', '${schema}.log',
         'SELECT ((SELECT count(*) FROM %1$s) > 0) || ''/'' || ((SELECT count(*) FROM %2$s) > 0)')`,
    );
    expect(found.map(({ result }) => result).toSorted()).toEqual([
      ...Array.from({ length: SHARDS - 1 }, () => "false/false"),
      "true/true",
    ]);
  });

  it("leave nothing of a tenant that is dropped", async () => {
    const options = await distributed();
    const storage = await openStorage(options);
    for (const name of TENANTS) await write(storage, 1, "k", name);
    for (const name of TENANTS) await storage.dropTenant({ tenantId: name });
    const counts = Object.keys(TENANT_COLUMNS).map(
      (table) => `(SELECT count(*) FROM ${options.schema}.${table})`,
    );
    expect(await query(citusUrl(), `SELECT ${counts.join(" + ")} AS rows`)).toEqual([
      { rows: "0" },
    ]);
  });
});

describe.skipIf(!hasCitus)("a cluster", () => {
  it("has local tables unless they are distributed", async () => {
    const place = citusSchema();
    const storage = await openStorage(place);
    await write(storage);
    expect(await tables(place.schema)).toEqual([]);
    expect((await storage.get("acme", null, ["k"])).items).toHaveLength(1);
    expect(storage.traits.server?.version).toMatch(/^PostgreSQL \d+.*, Citus \d+/);
  });

  it("carries notifications between processes that are connected to the coordinator", async () => {
    const options = await distributed();
    const [writer, reader] = [
      await openStorage(options),
      await openStorage({ ...options, pollEvery: "1h" }),
    ];
    await write(writer, 0);
    let calls = 0;
    const unsubscribe = reader.onCommit("acme", () => calls++);
    onTestFinished(unsubscribe);
    await expect.poll(() => calls).toBeGreaterThan(0);
    const before = calls;
    await expect
      .poll(async () => {
        await write(writer, 1);
        return calls;
      })
      .toBeGreaterThan(before);
  });

  it("is usable through a worker, whose watches poll", async ({ skip }) => {
    const options = await distributed();
    const connectionString = await workerUrl();
    if (connectionString === undefined) return skip("The workers can't be reached from here.");
    const [writer, reader] = [
      await openStorage(options),
      await openStorage({ ...options, connectionString, pollEvery: 50 }),
    ];
    for (const name of TENANTS) {
      await write(reader, 1, "by worker", name);
      let calls = 0;
      const unsubscribe = reader.onCommit(name, () => calls++);
      await write(writer, 1, "by coordinator", name);
      await expect.poll(() => calls).toBeGreaterThan(0);
      unsubscribe();
      const { items } = await reader.list(name, { actor: null, limit: 10 });
      expect(items.map(({ key }) => key)).toEqual(["by coordinator", "by worker"]);
    }
    const creating = newStorage({ ...options, connectionString, schema: `${options.schema}_2` });
    await expect(creating.open()).rejects.toMatchObject({
      code: "MISCONFIGURED",
      message: expect.stringContaining("Only the coordinator"),
    });
  });

  it("does not move the shard of a tenant that a transaction uses", async () => {
    const options = await distributed();
    await write(await openStorage(options));
    const { calls, client: reader } = await readingTransaction(options.schema);
    for (const { statement, values } of calls)
      await reader.query(statement.text, values as unknown[]);
    const mover = await connected();
    await mover.query("SET lock_timeout TO '500ms'");
    const move = `SELECT citus_move_shard_placement(s.shardid, s.nodename, s.nodeport, n.nodename, n.nodeport, 'block_writes')
      FROM pg_dist_shard_placement s JOIN pg_dist_node n ON n.shouldhaveshards AND (n.nodename, n.nodeport) <> (s.nodename, s.nodeport)
      WHERE s.shardid = get_shard_id_for_distribution_column('${options.schema}.tenant', 'acme'::text) LIMIT 1`;
    await expect(mover.query(move)).rejects.toThrow(/lock timeout/);
    await reader.query("ROLLBACK");
    await mover.query(move);
    const after = await openStorage(options);
    expect((await after.get("acme", null, ["k"])).items).toHaveLength(1);
    await write(after, 2);
  });

  it("waits for the disks of workers as durability says", async () => {
    const options = await distributed();
    await write(await openStorage(options));
    const { schema } = options;
    const setting = "current_setting(''synchronous_commit'')";
    // The worker's own setting, as a value of a row that each write sets.
    await query(
      citusUrl(),
      `SELECT run_command_on_shards('${schema}.log', 'ALTER TABLE %s ADD COLUMN IF NOT EXISTS by_worker text DEFAULT ${setting}')`,
    );
    const byWorker = async (): Promise<string[]> => {
      const rows = await query<{ result: string }>(
        citusUrl(),
        `SELECT result FROM run_command_on_shards('${schema}.log',
           'SELECT string_agg(by_worker, '','' ORDER BY position) FROM %s') WHERE result <> ''`,
      );
      return rows.flatMap(({ result }) => result.split(","));
    };
    await write(await openStorage({ ...options, durability: "process" }), 2);
    await write(await openStorage({ ...options, durability: "power" }), 3);
    expect((await byWorker()).slice(1)).toEqual(["off", "on"]);
  });

  it("rejects a write whose tenant stays locked, within busyTimeout", async () => {
    const options = await distributed();
    await write(await openStorage(options));
    const waiting = await openStorage({ ...options, busyTimeout: 300 });
    const holder = await connected();
    await holder.query("BEGIN");
    await holder.query(`SELECT 1 FROM ${options.schema}.tenant WHERE name = 'acme' FOR UPDATE`);
    await expect(write(waiting, 3)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("tenant lock"),
    });
    await holder.query("ROLLBACK");
    await write(waiting, 4);
  });
});

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: citusUrl() });
  onTestFinished(() => client.end());
  await client.connect();
  return client;
}

/** Undefined if the name by which the nodes reach a worker leads nowhere from here. */
async function workerUrl(): Promise<string | undefined> {
  const [worker] = await query<{ nodename: string; nodeport: number }>(
    citusUrl(),
    "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 ORDER BY 1, 2 LIMIT 1",
  );
  const url = new URL(citusUrl());
  url.hostname = worker?.nodename ?? "";
  url.port = String(worker?.nodeport);
  return query(url.href, "SELECT 1").then(
    () => url.href,
    () => undefined,
  );
}

/** A connection, and the calls that a read of the storage begins with. */
async function readingTransaction(schema: string) {
  const settings = toSettings({ connectionString: citusUrl(), schema });
  const calls = [BEGIN_READ_ON_SHARD, ...new ShardCalls(settings).reading("acme")];
  return { client: await connected(), calls };
}

function page(tenantId: string) {
  return { tenantId, section: "log", limit: 100 } as const;
}
