import { ContextMesh, MemoryStorage } from "@syntha/core";
import type { Storage } from "@syntha/core/storage";
import { type PostgresStorageOptions, rowLevelSecuritySql } from "@syntha/storage-postgres";
import { type FreshDatabase, type Role, TransactionPooler } from "@syntha/testing-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newStorage, openStorage } from "./support/open-storage.ts";
import { ownPool } from "./support/own-pool.ts";
import { delayCommits, query } from "./support/query.ts";
import { atTestEnd, ownConcurrently } from "./support/test-end.ts";

ownConcurrently();

const isFull = process.env["SYNTHA_TESTS"] === "full";

const clock = (): number => 1_000_000;

/** Stores data of every kind, and returns the answers of every read. */
async function everything(storage: Storage): Promise<unknown> {
  const mesh = new ContextMesh({ storage, sweepEvery: false, compactEvery: false });
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  const odd = { null: null, text: "NULL", "b\\n": "é\u{1F600}'\"\\", n: 1.5e300, deep: [[], {}] };
  await ann.subscribe(["a", "NULL", 'q"uo\\te']);
  await bea.subscribe(["a"]);
  await mesh.setPermissions("Cem", { post: ["a"], global: true });
  await ann.push("one", odd, { topics: ["a", "NULL"], subscribers: ["Bea"] });
  await ann.pushMany([
    { key: "two", value: null, topics: ['q"uo\\te'], ttl: "1h" },
    { key: "three", value: "x".repeat(20_000), global: true },
    { key: "NULL", value: 4, subscribers: ["NULL"] },
  ]);
  await ann.push("two", 2, { ttl: "keep" });
  await ann.publish("made", odd, { topics: ["a"], id: "event" });
  const lease = await bea.claim({ topic: "a" }, { lease: "1m" });
  await lease?.complete({ done: true }, { topics: ["a"] });
  await mesh.deleteTopic("NULL");
  const [{ items }, { events }] = [await ann.list(), await ann.events()];
  const answers = {
    items,
    events,
    bea: await bea.getAll({ prefix: "t" }),
    agents: (await mesh.agents()).agents,
    topics: (await mesh.topics()).topics,
    stats: await mesh.stats(),
    permissions: await mesh.permissions("Cem"),
    history: await mesh.system.history("one"),
  };
  await mesh.close();
  return JSON.parse(JSON.stringify(answers));
}

let database: FreshDatabase;
let version: number;
let expected: unknown;

/** A schema whose functions shadow those of the server if it is searched first. */
const HOSTILE_FUNCTIONS = ["unnest(text[])", "set_config(text, text, boolean)", "pg_backend_pid()"];

beforeAll(async () => {
  expected = await everything(new MemoryStorage({ clock }));
  database = await freshDatabase();
  const functions = HOSTILE_FUNCTIONS.map(
    (name) =>
      `CREATE FUNCTION hostile.${name} RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'hostile'; END $$`,
  );
  await query(
    database.url,
    "CREATE SCHEMA hostile",
    "GRANT USAGE ON SCHEMA hostile TO PUBLIC",
    // Once: PostgreSQL refuses grants on one database by two sessions at the same time.
    `GRANT CREATE ON DATABASE ${database.name} TO PUBLIC`,
    ...functions,
  );
  const [row] = await query<{ version: number }>(
    database.url,
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  version = row?.version ?? 0;
});

afterAll(() => database.drop());

/** A role with settings for each of its sessions. */
async function roleWith(settings: Readonly<Record<string, string>>): Promise<Role> {
  const role = await database.role();
  await query(
    database.url,
    ...Object.entries(settings).map(
      ([name, value]) => `ALTER ROLE ${role.name} SET ${name} = ${value}`,
    ),
  );
  return role;
}

/** A pool that returns every result in another form. */
function hostilePool(connectionString: string): pg.Pool {
  const types = { getTypeParser: () => () => "not what it is" };
  return ownPool({
    connectionString,
    binary: true,
    types: types as unknown as pg.CustomTypesConfig,
    query_timeout: 1,
    statement_timeout: 500,
    lock_timeout: 1,
  } as pg.PoolConfig);
}

const WAYS: readonly (readonly [string, (role: Role) => Promise<PostgresStorageOptions>])[] = [
  ["its own pool", async ({ url }) => ({ connectionString: url })],
  ["a user's pool", async ({ url }) => ({ pool: ownPool({ connectionString: url }) })],
  [
    "a user's pool with other parsers and timeouts",
    async ({ url }) => ({ pool: hostilePool(url) }),
  ],
  [
    "a pooler",
    async ({ url }) => {
      const pooler = await TransactionPooler.to(url);
      atTestEnd(() => pooler.close());
      return { connectionString: pooler.url };
    },
  ],
];

/** Settings, some with the first server version that has them. */
const SETTINGS: readonly (readonly [name: string, value: string, since?: number])[] = [
  ["array_nulls", "off"],
  ["bytea_output", "escape"],
  ["client_encoding", "LATIN1"],
  ["DateStyle", "'SQL, DMY'"],
  ["default_transaction_deferrable", "on"],
  ["default_transaction_isolation", "serializable"],
  ["enable_indexscan", "off"],
  ["extra_float_digits", "-15"],
  ["from_collapse_limit", "1"],
  ["idle_session_timeout", "'1h'", 14],
  ["IntervalStyle", "sql_standard"],
  ["plan_cache_mode", "force_custom_plan"],
  ["quote_all_identifiers", "on"],
  ["row_security", "off"],
  ["search_path", "hostile, pg_catalog"],
  ["standard_conforming_strings", "off"],
  ["synchronous_commit", "off"],
  ["TimeZone", "'Asia/Kathmandu'"],
  ["transform_null_equals", "on"],
  ["work_mem", "'64kB'"],
];

it.skipIf(!isFull).for(SETTINGS)(
  "returns the same if the role sets %s to %s",
  async ([name, value, since = 0], { skip }) => {
    if (version < since) skip();
    const role = await roleWith({ [name]: value });
    const storage = newStorage({ connectionString: role.url, schema: role.name, clock });
    expect(await everything(storage)).toEqual(expected);
  },
);

it.for(WAYS)(
  "returns the same if the role sets all of them, through %s",
  async ([, optionsFor]) => {
    const known = SETTINGS.filter(([, , since = 0]) => version >= since);
    const role = await roleWith(Object.fromEntries(known.map(([name, value]) => [name, value])));
    const storage = newStorage({ ...(await optionsFor(role)), schema: role.name, clock });
    expect(await everything(storage)).toEqual(expected);
  },
);

it.concurrent.for(WAYS)(
  "uses its own timeouts, not the role's, through %s",
  async ([, optionsFor]) => {
    const times = [
      "statement_timeout",
      "lock_timeout",
      ...(version >= 17 ? ["transaction_timeout"] : []),
    ];
    const role = await roleWith({});
    const schema = role.name;
    const setUp = await openStorage({ connectionString: role.url, schema });
    await everything(setUp);
    // Every commit waits for a lock and then takes long.
    await delayCommits(database.url, schema, 0.6);
    const limits = times.map((name) => `ALTER ROLE ${role.name} SET ${name} = '500ms'`);
    await query(database.url, ...limits);
    const storage = newStorage({ ...(await optionsFor(role)), schema });
    const [mesh, other] = [new ContextMesh({ storage }), new ContextMesh({ storage })];
    await Promise.all([
      mesh.system.push("one", 0, { global: true }),
      other.system.push("two", 0, { global: true }),
    ]);
    expect(await mesh.system.getMany(["one", "two"])).toEqual({ one: 0, two: 0 });
    await other.close();
    await mesh.close();
  },
);

it("separates tenants if the role sets row_security off", async () => {
  const secured = await freshDatabase();
  onTestFinished(() => secured.drop());
  await openStorage({ connectionString: secured.url });
  const role = await secured.role();
  await query(
    secured.url,
    rowLevelSecuritySql({ role: role.name }),
    `ALTER ROLE ${role.name} SET row_security = off`,
    `ALTER ROLE ${role.name} SET quote_all_identifiers = on`,
  );
  const storages = [
    { connectionString: role.url },
    { pool: ownPool({ connectionString: role.url }) },
  ];
  for (const options of storages) {
    const storage = newStorage({ ...options, migrate: false, rowLevelSecurity: true });
    const mesh = new ContextMesh({ storage });
    await mesh.system.push("k", 1, { global: true });
    expect(await mesh.system.getAll()).toEqual({ k: 1 });
    await mesh.close();
  }
});

describe("settings that can't be overridden reject at opening", () => {
  it("read-only transactions of the role", async () => {
    const role = await roleWith({ default_transaction_read_only: "on" });
    const options = { connectionString: role.url, schema: role.name };
    await expect(newStorage(options).open()).rejects.toMatchObject({
      code: "MISCONFIGURED",
      message: expect.stringContaining("default_transaction_read_only"),
      hint: expect.stringContaining("ALTER ROLE"),
    });
  });

  it("another client_encoding of the pool", async () => {
    const role = await roleWith({});
    const pool = ownPool({ connectionString: role.url });
    pool.on("connect", (client) => void client.query("SET client_encoding = 'LATIN1'"));
    await expect(newStorage({ pool, schema: role.name }).open()).rejects.toMatchObject({
      code: "MISCONFIGURED",
      message: expect.stringContaining("encoding of the connection is LATIN1"),
    });
  });
});
