import { ContextMesh } from "@syntha/core";
import { decide, type Storage } from "@syntha/core/storage";
import { migrationSql, PostgresStorage, rowLevelSecuritySql } from "@syntha/storage-postgres";
import type { FreshDatabase, Role } from "@syntha/testing-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import pg from "pg";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { newStorage } from "./support/open-storage.ts";
import { query } from "./support/query.ts";

interface Secured {
  readonly schema: string;
  readonly role: Role;
}

let database: FreshDatabase;
/** Has rows of two tenants, which no test changes. */
let filled: Secured;
beforeAll(async () => {
  database = await freshDatabase();
  filled = await secured();
  const storage = new PostgresStorage({ connectionString: database.url, schema: filled.schema });
  await fill(storage, "acme");
  await fill(storage, "other");
});
afterAll(() => database.drop());

/** A schema with tables of the database's owner, and a role for the program, set up by the scripts. */
async function secured(): Promise<Secured> {
  const role = await database.role();
  const schema = role.name;
  const script = rowLevelSecuritySql({ role: role.name, schema });
  await query(database.url, migrationSql({ schema }), script);
  return { schema, role };
}

async function fill(storage: Storage, tenantId: string): Promise<void> {
  const mesh = new ContextMesh({ tenantId, storage });
  const ann = mesh.agent("Ann");
  await ann.subscribe(["work"]);
  await ann.push("shared", `of ${tenantId}`, { topics: ["work"] });
  await ann.push(`only ${tenantId}`, 1, { global: true });
  // Each in its own position.
  if (tenantId === "other") await ann.push("more", 2, { global: true });
  await ann.publish("made", { tenant: tenantId }, { global: true, id: `event of ${tenantId}` });
  await mesh.close();
}

/** A pool that removes the conditions on the tenant from every statement. */
function poolWithoutFilters(url: string): pg.Pool {
  const anyTenant = (text: string): string =>
    text.replace(/\b(\w+\.)?(tenant|name) = \$1(?!\d)/g, () => "$1::text IS NOT NULL");
  class Careless extends pg.Client {
    override query(config: never, ...rest: never[]): never {
      const { text } = config as { text?: string };
      const careless =
        text === undefined ? config : { ...(config as object), text: anyTenant(text) };
      return super.query(careless as never, ...rest) as never;
    }
  }
  const pool = new pg.Pool({ connectionString: url, Client: Careless as never });
  // The database is dropped while connections of the ended pool still close.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  onTestFinished(() => pool.end());
  return pool;
}

it("works with a role that owns nothing", async () => {
  const { schema, role } = await secured();
  const storage = newStorage({ connectionString: role.url, schema, rowLevelSecurity: true });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["work"]);
  const watch = bea.watch();
  await ann.push("task", { n: 1 }, { topics: ["work"], ttl: "1h" });
  expect((await watch.next()).value).toMatchObject({ type: "put", item: { key: "task" } });
  await watch.return();
  expect(await bea.getAll()).toEqual({ task: { n: 1 } });
  const lease = await bea.claim({ topic: "work" });
  await lease?.complete({ n: 2 }, { events: [{ type: "done", data: 1, topics: ["work"] }] });
  expect(await ann.get("task")).toEqual({ n: 2 });
  expect((await bea.events()).events).toHaveLength(1);
  expect(await mesh.topics()).toMatchObject({ topics: [{ name: "work" }] });
  await mesh.deleteTopic("work");
  await mesh.compact();
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
  expect(await mesh.stats()).toMatchObject({ items: 0 });
  await mesh.close();
});

const READS: Record<string, (storage: Storage) => Promise<unknown>> = {
  "a get of one key": (storage) => storage.get("acme", null, ["only other"]),
  "a get of several keys": (storage) => storage.get("acme", null, ["only other", "none"]),
  "a listing of all": (storage) => storage.list("acme", { actor: null, limit: 100 }),
  "a listing for an agent": (storage) => storage.list("acme", { actor: "Ann", limit: 100 }),
  events: (storage) => storage.events("acme", { actor: null, limit: 100 }),
  "events for an agent": (storage) => storage.events("acme", { actor: "Ann", limit: 100 }),
  "the log": (storage) => storage.log("acme", { after: "start", limit: 100 }),
  topics: (storage) => storage.topics("acme", { limit: 100 }),
  agents: (storage) => storage.agents("acme", { limit: 100 }),
  "a topic's subscribers": (storage) => storage.agents("acme", { topic: "work", limit: 100 }),
};

it.for(Object.entries(READS))("separates tenants in %s by the database alone", async ([, read]) => {
  const { schema, role } = filled;
  const careful = newStorage({ connectionString: role.url, schema, rowLevelSecurity: true });
  const careless = newStorage({
    pool: poolWithoutFilters(role.url),
    schema,
    rowLevelSecurity: true,
  });
  const bare = newStorage({ pool: poolWithoutFilters(database.url), schema });
  for (const storage of [careful, careless, bare]) await storage.open();
  const answersOf = async (storage: Storage): Promise<string> => {
    const { now: _, ...answer } = (await read(storage)) as { now: number };
    return JSON.stringify(answer);
  };
  expect(await answersOf(careless)).toBe(await answersOf(careful));
  expect(await answersOf(careful)).not.toContain("other");
  // Proves that the statements request the rows of every tenant.
  expect(await answersOf(bare)).not.toBe(await answersOf(careful));
});

it("prevents writes to another tenant by the database alone", async () => {
  const { schema, role } = await secured();
  const owner = newStorage({ connectionString: database.url, schema });
  await fill(owner, "acme");
  await fill(owner, "other");
  await owner.open();
  const before = await owner.log("other", { after: "start", limit: 100 });
  const careless = newStorage({
    pool: poolWithoutFilters(role.url),
    schema,
    rowLevelSecurity: true,
  });
  await careless.open();
  const clear = { actor: null, ops: [{ type: "clear", limit: 1_000, from: undefined }] } as const;
  await careless.commit("acme", [clear], decide);
  await careless.dropTenant({ tenantId: "acme" });
  expect(await owner.list("acme", { actor: null, limit: 100 })).toMatchObject({ items: [] });
  const after = await owner.log("other", { after: "start", limit: 100 });
  expect({ ...after, now: 0 }).toEqual({ ...before, now: 0 });
  await expect(
    query(
      role.url,
      "BEGIN",
      "SELECT set_config('syntha.tenant', 'acme', true)",
      `INSERT INTO ${schema}.item_audience VALUES ('other', 'g', 'planted')`,
    ),
  ).rejects.toThrow(/row-level security/);
});

it("shows no rows to a transaction without a tenant", async () => {
  const { schema, role } = await secured();
  const pool = new pg.Pool({ connectionString: role.url, max: 1 });
  onTestFinished(() => pool.end());
  const storage = newStorage({ pool, schema, rowLevelSecurity: true });
  await fill(storage, "acme");
  const { rows } = await pool.query(
    `SELECT (SELECT count(*) FROM ${schema}.item)::int AS items, current_setting('syntha.tenant', true) AS tenant`,
  );
  expect(rows[0].items).toBe(0);
  expect(rows[0].tenant).toBeFalsy();
});

it("can't list tenants", async () => {
  const { schema, role } = await secured();
  const storage = newStorage({ connectionString: role.url, schema, rowLevelSecurity: true });
  await storage.open();
  await expect(storage.listTenants({ limit: 10 })).rejects.toMatchObject({
    code: "FORBIDDEN",
    hint: expect.stringContaining("rowLevelSecurity"),
  });
});

/** Statements of the owner that make a set-up insecure for <role>, in <schema>. */
const LEAKS: readonly (readonly [string, string, RegExp])[] = [
  ["a table without it", "ALTER TABLE <schema>.log DISABLE ROW LEVEL SECURITY", /"log"/],
  ["a table without FORCE", "ALTER TABLE <schema>.item NO FORCE ROW LEVEL SECURITY", /"item"/],
  [
    "a table without policy",
    "DROP POLICY syntha_tenant ON <schema>.event",
    /"event" has no policy/,
  ],
  [
    "another policy that allows other rows",
    "CREATE POLICY everything ON <schema>.item_audience USING (true)",
    /policy "everything" on "item_audience"/,
  ],
  [
    "a policy that allows other rows to be written",
    "ALTER POLICY syntha_tenant ON <schema>.item_audience WITH CHECK (true)",
    /"item_audience" allows other rows/,
  ],
  ["a role that bypasses policies", "ALTER ROLE <role> BYPASSRLS", /bypasses policies/],
  ["a role that owns a table", "ALTER TABLE <schema>.topic OWNER TO <role>", /owns "topic"/],
  ["a role that owns the schema", "ALTER SCHEMA <schema> OWNER TO <role>", /owns the schema/],
  ["a role with TRUNCATE", "GRANT ALL ON ALL TABLES IN SCHEMA <schema> TO <role>", /may TRUNCATE/],
  ["a table that all may empty", "GRANT TRUNCATE ON <schema>.log TO PUBLIC", /may TRUNCATE "log"/],
];

it.for(LEAKS)("rejects %s", async ([, leak, message]) => {
  const { schema, role } = await secured();
  await query(database.url, leak.replace("<role>", role.name).replace("<schema>", schema));
  const storage = newStorage({ connectionString: role.url, schema, rowLevelSecurity: true });
  const opening = storage.open();
  await expect(opening).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
  await expect(opening).rejects.toThrow(message);
});

it("rejects a superuser, and a role that can assume one", async () => {
  const { schema, role } = await secured();
  const free = await database.role("bypassrls");
  await query(database.url, `GRANT ${free.name} TO ${role.name}`);
  for (const connectionString of [database.url, role.url]) {
    const storage = newStorage({ connectionString, schema, rowLevelSecurity: true });
    await expect(storage.open()).rejects.toMatchObject({
      code: "STORAGE_MISMATCH",
      hint: expect.stringContaining("rowLevelSecuritySql"),
    });
  }
});

it("can be set up again, which revokes other grants", async () => {
  const { schema, role } = await secured();
  await query(database.url, `GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO ${role.name}`);
  await query(database.url, rowLevelSecuritySql({ role: role.name, schema }));
  const storage = newStorage({
    connectionString: role.url,
    schema,
    rowLevelSecurity: true,
    migrate: false,
  });
  await expect(storage.open()).resolves.toBeUndefined();
});
