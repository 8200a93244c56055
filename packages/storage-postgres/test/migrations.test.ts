import { ContextMesh } from "@syntha/core";
import { migrationSql } from "@syntha/storage-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { PgConnection } from "../src/connection/pg-connection.ts";
import { Server } from "../src/connection/server.ts";
import { MIGRATIONS } from "../src/migrations/index.ts";
import { migrate, type MigrationTarget } from "../src/migrations/migrate.ts";
import type { Migration } from "../src/migrations/migration.ts";
import { toSettings } from "../src/settings.ts";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { query } from "./support/query.ts";

const [first] = MIGRATIONS as [Migration];
const note: Migration = {
  version: 2,
  breaking: false,
  sql: (schema) => `CREATE TABLE ${schema}.note (id int)`,
};
const tag: Migration = {
  version: 3,
  breaking: true,
  sql: (schema) => `CREATE TABLE ${schema}.tag (id int)`,
};
const broken: Migration = { ...tag, version: 4 };

function to(...migrations: readonly Migration[]): MigrationTarget {
  return { server: new Server(), migrations };
}

async function link(): Promise<{ link: PgConnection; schema: string; url: string }> {
  const { connectionString, schema } = await ownSchema();
  const client = new pg.Client({ connectionString });
  await client.connect();
  onTestFinished(() => client.end());
  const link = new PgConnection(client, toSettings({ connectionString }));
  return { link, schema, url: connectionString };
}

function versions(url: string, schema: string): Promise<unknown[]> {
  return query(url, `SELECT version, breaking FROM ${schema}.migration ORDER BY version`);
}

function tables(url: string, schema: string): Promise<unknown[]> {
  return query(url, `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' ORDER BY 1`);
}

it("migrates once when 20 processes open a new schema", async () => {
  const place = await ownSchema();
  const storages = Array.from({ length: 20 }, () => newStorage({ ...place, connections: 2 }));
  await Promise.all(
    storages.map(async (storage, i) => {
      await storage.open();
      await write(storage, i, `k${i}`);
    }),
  );
  expect(await storages[0]?.stats("acme")).toMatchObject({ items: 20, head: 20 });
  expect(await versions(place.connectionString, place.schema)).toHaveLength(MIGRATIONS.length);
});

it("upgrades older tables, each step once", async () => {
  const { link: db, schema, url } = await link();
  await migrate(db, schema, to(first));
  await migrate(db, schema, to(first, note));
  await migrate(db, schema, to(first, note, tag));
  await migrate(db, schema, to(first, note, tag));
  expect(await versions(url, schema)).toEqual([
    { version: 1, breaking: true },
    { version: 2, breaking: false },
    { version: 3, breaking: true },
  ]);
});

it("changes nothing when a step fails", async () => {
  const { link: db, schema, url } = await link();
  await migrate(db, schema, to(first));
  const before = await tables(url, schema);
  await expect(migrate(db, schema, to(first, note, tag, broken))).rejects.toThrow(/already exists/);
  expect(await versions(url, schema)).toEqual([{ version: 1, breaking: true }]);
  expect(await tables(url, schema)).toEqual(before);
  await migrate(db, schema, to(first, note));
  expect(await versions(url, schema)).toHaveLength(2);
});

it("lets older releases open a schema with compatible steps only", async () => {
  const place = await ownSchema();
  const { connectionString, schema } = place;
  await openStorage(place);
  await query(connectionString, `INSERT INTO ${schema}.migration VALUES (98, false)`);
  expect(await (await openStorage(place)).stats("acme")).toMatchObject({ items: 0 });
  await query(connectionString, `INSERT INTO ${schema}.migration VALUES (99, true)`);
  for (const isMigrating of [true, false]) {
    await expect(newStorage({ ...place, migrate: isMigrating }).open()).rejects.toMatchObject({
      code: "STORAGE_MISMATCH",
      message: expect.stringMatching(/version 99.* up to 1/),
    });
  }
});

it("numbers its steps consecutively", () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
});

it("creates no tables with migrate: false, and names the script", async () => {
  const place = await ownSchema();
  await expect(newStorage({ ...place, migrate: false }).open()).rejects.toMatchObject({
    code: "STORAGE_MISMATCH",
    message: expect.stringContaining("Migration 1 is missing"),
    hint: expect.stringContaining("migrationSql()"),
  });
  expect(await tables(place.connectionString, place.schema)).toEqual([]);
});

it.for(["another program's table", "another program's migration table"] as const)(
  "rejects a schema with %s and leaves it unchanged",
  async (what) => {
    const place = await ownSchema();
    const { connectionString, schema } = place;
    const table = what.endsWith("ledger") ? "migration" : "event";
    await query(
      connectionString,
      `CREATE SCHEMA ${schema}`,
      `CREATE TABLE ${schema}.${table} (id int)`,
    );
    await expect(newStorage(place).open()).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
    expect(await tables(connectionString, schema)).toEqual([{ tablename: table }]);
  },
);

it("works with tables that another role created from the script", async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const schema = "the app's";
  const role = await database.role();
  const asApp = { connectionString: role.url, schema };
  await expect(newStorage(asApp).open()).rejects.toMatchObject({
    code: "MISCONFIGURED",
    hint: expect.stringMatching(/CREATE.*migrationSql/),
  });
  await query(database.url, migrationSql({ schema }));
  await expect(newStorage({ ...asApp, migrate: false }).open()).rejects.toMatchObject({
    code: "MISCONFIGURED",
    hint: expect.stringMatching(/USAGE.*SELECT, INSERT, UPDATE, DELETE/),
  });
  await query(
    database.url,
    `GRANT USAGE ON SCHEMA "${schema}" TO ${role.name}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO ${role.name}`,
  );
  for (const isMigrating of [false, true]) {
    const storage = newStorage({ ...asApp, migrate: isMigrating });
    const mesh = new ContextMesh({ storage, tenantId: `migrates: ${isMigrating}` });
    const agent = mesh.agent("Ann");
    const watch = agent.watch();
    await agent.push("k", "v", { global: true });
    expect((await watch.next()).value).toMatchObject({ type: "put" });
    expect(await agent.getAll()).toEqual({ k: "v" });
    await mesh.close();
  }
});

it("returns a script of the missing steps", async () => {
  const whole = migrationSql({ schema: "mine" });
  const rest = migrationSql({ schema: "mine", from: MIGRATIONS.length });
  expect(whole).toContain('CREATE TABLE "mine".item');
  expect(rest).not.toContain('CREATE TABLE "mine".item');
  const { connectionString: url, schema } = await ownSchema();
  await query(url, migrationSql({ schema }), migrationSql({ schema, from: MIGRATIONS.length }));
  expect(await versions(url, schema)).toHaveLength(MIGRATIONS.length);
});

const ODD_NAMES = [
  'a "quoted" one',
  "a;DROP TABLE x--",
  "Capitals",
  "two words",
  "ünïcödé 😀",
  "select",
];

it.for(process.env["SYNTHA_TESTS"] === "full" ? ODD_NAMES : ODD_NAMES.slice(0, 2))(
  "works in a schema named %s",
  async (schema) => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const storage = await openStorage({ connectionString: database.url, schema });
    const other = await openStorage({ connectionString: database.url, schema });
    const notified = new Promise<void>((resolve) => void other.onCommit("acme", resolve));
    await write(storage);
    await notified;
    expect((await other.list("acme", { actor: "Ann", limit: 5 })).items).toHaveLength(1);
    expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
  },
);
