import { type Commit, decide } from "@syntha/core/storage";
import pg from "pg";
import { expect, it } from "vitest";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, deciding, put, write } from "./support/operations.ts";
import { ownPool } from "./support/own-pool.ts";
import { ownNetwork, ownServer } from "./support/own-server.ts";
import { delayCommits, query } from "./support/query.ts";
import { atTestEnd, ownConcurrently } from "./support/test-end.ts";

ownConcurrently();

/** Another program's connection. */
async function stranger(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  atTestEnd(() => client.end());
  return client;
}

it.concurrent("times out while the server does not respond, then recovers", async () => {
  const place = await ownSchema();
  const network = await ownNetwork(place.connectionString);
  const storage = await openStorage({
    ...place,
    connectionString: network.url,
    statementTimeout: "1500ms",
    busyTimeout: "1500ms",
    connections: 2,
  });
  await write(storage);
  storage.onCommit("acme", () => {});
  network.blackhole();
  const rejects = (call: Promise<unknown>): Promise<void> =>
    expect(call).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  // With the default limits, this would take longer than the test's timeout.
  await Promise.all([rejects(write(storage, 2)), rejects(storage.get("acme", null, ["k"]))]);
  await Promise.all([
    rejects(storage.list("acme", { actor: "Ann", limit: 3 })),
    rejects(storage.dropTenant({ tenantId: "acme" })),
  ]);
  await rejects(write(storage, 3));
  network.heal();
  expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
  expect(await write(storage, 2)).toMatchObject([{ position: 2 }]);
  network.blackhole();
  await storage.close();
});

it.concurrent("times out waiting for a lock and changes nothing", async () => {
  const place = await ownSchema();
  const storage = await openStorage({ ...place, busyTimeout: "1s" });
  await write(storage);
  const other = await stranger(place.connectionString);
  await other.query(`BEGIN; SELECT * FROM ${place.schema}.tenant FOR UPDATE`);
  for (const call of [() => write(storage, 2), () => storage.dropTenant({ tenantId: "acme" })]) {
    await expect(call()).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      hint: expect.stringContaining("busyTimeout"),
      cause: { code: "55P03" },
    });
  }
  expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
  await other.query("ROLLBACK");
  expect(await write(storage, 2)).toMatchObject([{ position: 2 }]);
});

it.concurrent("waits for a lock and keeps the order of writes", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  await write(storage, 0);
  const other = await stranger(place.connectionString);
  await other.query(`BEGIN; SELECT * FROM ${place.schema}.tenant FOR UPDATE`);
  const writes = [1, 2, 3].map((n) => write(storage, n));
  await new Promise((resolve) => setTimeout(resolve, 150));
  await other.query("ROLLBACK");
  const outcomes = await Promise.all(writes);
  expect(outcomes).toMatchObject([[{ position: 2 }], [{ position: 3 }], [{ position: 4 }]]);
});

it.concurrent("releases a tenant that a stopped process has locked", async () => {
  const place = await ownSchema();
  const network = await ownNetwork(place.connectionString);
  const cut = await openStorage({ ...place, connectionString: network.url, busyTimeout: "1s" });
  const storage = await openStorage(place);
  await write(storage);
  // Cut off silently once it has the lock.
  const locked = Promise.withResolvers<void>();
  const cutting = deciding(() => {
    network.blackhole();
    locked.resolve();
  });
  cut.commit("acme", [bySystem(put("k", "never"))], cutting).catch(() => {});
  try {
    await locked.promise;
    await expect(write(storage, 2)).resolves.toMatchObject([{ position: 2 }]);
  } finally {
    // The stopped storage can't close while it waits for an answer.
    await network.close();
  }
}, 30_000);

it.concurrent("decides again after a serialization failure", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  await write(storage);
  // The first two commits fail as after a conflict with another transaction.
  await query(
    place.connectionString,
    `CREATE SEQUENCE ${place.schema}.tries`,
    `CREATE FUNCTION ${place.schema}.collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF nextval('${place.schema}.tries') <= 2 THEN RAISE SQLSTATE '40P01'; END IF; RETURN NULL; END $$`,
    `CREATE TRIGGER collide AFTER INSERT OR DELETE ON ${place.schema}.log
       FOR EACH STATEMENT EXECUTE FUNCTION ${place.schema}.collide()`,
  );
  let decisions = 0;
  const counted = deciding(() => decisions++);
  expect(await storage.commit("acme", [bySystem(put("k", 2))], counted)).toMatchObject([
    { ok: true, position: 2 },
  ]);
  expect(decisions).toBe(3);
  await query(place.connectionString, `ALTER SEQUENCE ${place.schema}.tries RESTART`);
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
});

it.concurrent.for([
  ["its own pool", undefined],
  ["a user's pool", false],
  ["a pipelined user's pool", true],
] as const)("rolls back when a statement fails, with %s", async ([, pipeline]) => {
  const { connectionString, schema } = await ownSchema();
  const pool = ownPool({ connectionString, max: 1, pipeline } as pg.PoolConfig);
  const storage = await openStorage(
    pipeline === undefined ? { connectionString, schema, connections: 1 } : { schema, pool },
  );
  await write(storage);
  const before = await storage.log("acme", { after: "start", limit: 9 });
  await query(
    connectionString,
    `ALTER TABLE ${schema}.log ADD CONSTRAINT small CHECK (length(value) < 100)`,
  );
  const small = bySystem(put("small", 1));
  const large = bySystem(put("large", "v".repeat(200)));
  const pid = async (): Promise<unknown> => (await pool.query("SELECT pg_backend_pid()")).rows;
  const backend = await pid();
  await expect(storage.commit("acme", [small, large], decide)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringMatching(/^PostgreSQL error: new row .* violates check .*\(23514\)/),
    hint: expect.stringContaining("Nothing was changed"),
  });
  expect(await storage.log("acme", { after: "start", limit: 9 })).toMatchObject({
    entries: before.entries,
    head: 1,
  });
  expect(await storage.commit("acme", [small], decide)).toMatchObject([{ position: 2 }]);
  expect(await pid()).toEqual(backend);
});

it.concurrent("rolls back when a decision throws", async () => {
  const storage = await openStorage(await ownSchema());
  const commits: Commit[] = [bySystem(put("k", 1)), bySystem(put("l", 1))];
  const bug = new Error("a bug");
  await expect(
    storage.commit("acme", commits, (commit, facts) => {
      if (commit === commits[1]) throw bug;
      return decide(commit, facts);
    }),
  ).rejects.toBe(bug);
  expect((await storage.stats("acme")).epoch).toBe("");
  expect(await storage.commit("acme", commits, decide)).toMatchObject([{ ok: true }, { ok: true }]);
});

it.skipIf(process.platform === "win32").concurrent(
  "detects dead connections once, not one by one",
  async () => {
    const server = await ownServer();
    const options = { connectionString: server.url, connections: 5 } as const;
    const storage = await openStorage({ ...options, statementTimeout: "1500ms" });
    await write(storage);
    const list = () => storage.list("acme", { actor: null, limit: 1 });
    await Promise.all(Array.from({ length: 5 }, list));
    const backends = await query<{ pid: number }>(
      server.url,
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'syntha'",
    );
    expect(backends).toHaveLength(5);
    // Like a router that has dropped them: neither side is informed.
    for (const { pid } of backends) process.kill(pid, "SIGSTOP");
    atTestEnd(() => {
      for (const { pid } of backends) process.kill(pid, "SIGCONT");
    });
    await expect(storage.stats("acme")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    // Each of these would reject in the same way if it got another dead connection.
    for (let i = 0; i < 6; i++) await storage.stats("acme");
    expect(await write(storage, 2)).toMatchObject([{ position: 2 }]);
    await storage.close();
  },
);

it.concurrent("opens in time or rejects", async () => {
  const place = await ownSchema();
  const network = await ownNetwork(place.connectionString);
  const options = { ...place, connectionString: network.url, busyTimeout: "1500ms" } as const;
  const storage = newStorage(options);
  network.blackhole();
  await expect(storage.open()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  network.heal();
  await storage.open();
  expect(await write(storage)).toMatchObject([{ position: 1 }]);
});

it.concurrent("waits for its own connections no longer than busyTimeout", async () => {
  const place = await ownSchema();
  const storage = await openStorage({ ...place, connections: 1, busyTimeout: "1s" });
  await write(storage);
  await delayCommits(place.connectionString, place.schema, 4);
  const writing = write(storage, 2);
  await expect(storage.stats("acme")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    hint: expect.stringContaining("`connections`"),
  });
  expect(await writing).toMatchObject([{ position: 2 }]);
  expect(await storage.stats("acme")).toMatchObject({ head: 2 });
});

it.concurrent("reports that the server has no connection left, then recovers", async ({
  expect,
}) => {
  const none = { superuser_reserved_connections: "0", reserved_connections: "0" };
  const server = await ownServer({ settings: { max_connections: "7", ...none } });
  const storage = newStorage({ connectionString: server.url, busyTimeout: "2s" });
  const others = ownPool({ connectionString: server.url, max: 7 });
  const taken = await Promise.all(Array.from({ length: 7 }, () => others.connect()));
  await expect(storage.open()).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
    hint: expect.stringContaining("max_connections"),
    cause: { code: "53300" },
  });
  for (const client of taken) client.release(true);
  await expect.poll(() => storage.open().catch(() => "not yet")).toBeUndefined();
  expect(await write(storage)).toMatchObject([{ position: 1 }]);
});

it.concurrent("reports a read-only server, still reads, and recovers", async ({ expect }) => {
  const server = await ownServer();
  const storage = await openStorage({ connectionString: server.url });
  await write(storage);
  const set = (to: "on" | "off"): Promise<unknown> =>
    query(
      server.url,
      "SET default_transaction_read_only = off",
      `ALTER SYSTEM SET default_transaction_read_only = ${to}`,
      "SELECT pg_reload_conf()",
    );
  await set("on");
  await expect
    .poll(() => write(storage, 2).catch((error: unknown) => error))
    .toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      hint: expect.stringContaining("read-only"),
      cause: { code: "25006" },
    });
  expect((await storage.get("acme", null, ["k"])).items).toHaveLength(1);
  const { head } = await storage.stats("acme");
  await set("off");
  await expect
    .poll(() => write(storage, 3).catch(() => undefined))
    .toMatchObject([{ position: head + 1 }]);
});

it.concurrent("leaves a read-only server when its name leads to another", async () => {
  const place = await ownSchema();
  const storage = await openStorage({ ...place, connections: 1 });
  await write(storage);
  // Like a former primary, for existing connections.
  const first = await openStorage({ ...place, connections: 1 });
  const pool = ownPool({ connectionString: place.connectionString, max: 1 });
  const user = await openStorage({ schema: place.schema, pool });
  await pool.query("SET default_transaction_read_only = on");
  // A transaction on the old connection rejects; the next gets another connection.
  await pool.query("SELECT 1");
  const refused = await user
    .commit("acme", [bySystem(put("k", 2))], decide)
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "UNAVAILABLE", cause: { code: "25006" } });
  expect(await write(user, 2)).toMatchObject([{ position: 2 }]);
  expect(await write(first, 3)).toMatchObject([{ position: 3 }]);
});

it.concurrent("reports that the tables were dropped", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  await write(storage);
  await query(place.connectionString, `DROP SCHEMA ${place.schema} CASCADE`);
  await expect(write(storage)).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
  await expect(storage.stats("acme")).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
});
