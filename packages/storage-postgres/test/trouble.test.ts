import { type Commit, decide } from "@syntha/core/storage";
import type { PostgresStorage } from "@syntha/storage-postgres";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, put } from "./support/operations.ts";
import { ownPool } from "./support/own-pool.ts";
import { ownNetwork, ownServer } from "./support/own-server.ts";
import { query } from "./support/query.ts";

const write = (storage: PostgresStorage, value: unknown = 1): Promise<unknown> =>
  storage.commit("acme", [bySystem(put("k", value))], decide);

/** Somebody else, with a connection of their own. */
async function stranger(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

it("gives up on a lock after the time that it was given, with nothing changed", async () => {
  const place = await ownSchema();
  const storage = await openStorage({ ...place, busyTimeout: "60ms" });
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

it("waits for a lock that is let go in time, and keeps the order of writes", async () => {
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

it("frees a tenant that a stopped process holds in the midst of a transaction", async () => {
  const place = await ownSchema();
  const network = await ownNetwork(place.connectionString);
  const stopped = await openStorage({
    ...place,
    connectionString: network.url,
    busyTimeout: "200ms",
  });
  const storage = await openStorage(place);
  await write(storage);
  // Cut off without a word to either side, once it holds the lock.
  const locked = Promise.withResolvers<void>();
  const cutting: typeof decide = (commit, facts) => {
    network.blackhole();
    locked.resolve();
    return decide(commit, facts);
  };
  stopped.commit("acme", [bySystem(put("k", "never"))], cutting).catch(() => {});
  try {
    await locked.promise;
    await expect(write(storage, 2)).resolves.toMatchObject([{ position: 2 }]);
  } finally {
    // What was stopped could not be closed while it waits for an answer.
    await network.close();
  }
}, 30_000);

it("decides anew when the server undoes a transaction that others were in the way of", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  await write(storage);
  // The first two commits fail as those do that met another transaction.
  await query(
    place.connectionString,
    `CREATE SEQUENCE ${place.schema}.tries`,
    `CREATE FUNCTION ${place.schema}.collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF nextval('${place.schema}.tries') <= 2 THEN RAISE SQLSTATE '40P01'; END IF; RETURN NULL; END $$`,
    `CREATE TRIGGER collide AFTER INSERT OR DELETE ON ${place.schema}.log
       FOR EACH STATEMENT EXECUTE FUNCTION ${place.schema}.collide()`,
  );
  let decisions = 0;
  const counted: typeof decide = (commit, facts) => {
    decisions++;
    return decide(commit, facts);
  };
  expect(await storage.commit("acme", [bySystem(put("k", 2))], counted)).toMatchObject([
    { ok: true, position: 2 },
  ]);
  expect(decisions).toBe(3);
  await query(place.connectionString, `ALTER SEQUENCE ${place.schema}.tries RESTART`);
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
});

it.for([
  ["of its own", undefined],
  ["of the user's", false],
  ["of the user's that sends ahead", true],
] as const)(
  "undoes the whole transaction when one statement fails, on a connection %s, and goes on with it",
  async ([, pipeline]) => {
    const place = await ownSchema();
    const options = { connectionString: place.connectionString, max: 1, pipeline };
    const pool = ownPool(options);
    const storage = await openStorage(
      pipeline === undefined ? { ...place, connections: 1 } : { schema: place.schema, pool },
    );
    await write(storage);
    const before = await storage.log("acme", { after: "start", limit: 9 });
    await query(
      place.connectionString,
      `ALTER TABLE ${place.schema}.log ADD CONSTRAINT small CHECK (length(value) < 100)`,
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
  },
);

it("undoes everything when a decision throws, and goes on", async () => {
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

it("answers in time whatever it asks a server that has fallen silent, and goes on when it speaks", async () => {
  const place = await ownSchema();
  const network = await ownNetwork(place.connectionString);
  const storage = await openStorage({
    ...place,
    connectionString: network.url,
    statementTimeout: "300ms",
    busyTimeout: "300ms",
    connections: 2,
  });
  await write(storage);
  storage.onCommit("acme", () => {});
  network.blackhole();
  const calls = [
    () => write(storage, 2),
    () => storage.get("acme", null, ["k"]),
    () => storage.list("acme", { actor: "Ann", limit: 3 }),
    () => storage.dropTenant({ tenantId: "acme" }),
    () => write(storage, 3),
  ];
  // Without these limits, all of them together wait for longer than a test may take.
  for (const call of calls)
    await expect(call()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  network.heal();
  expect((await storage.get("acme", null, ["k"])).items[0]?.value).toBe("1");
  expect(await write(storage, 2)).toMatchObject([{ position: 2 }]);
  network.blackhole();
  await storage.close();
});

it.skipIf(process.platform === "win32")(
  "finds out once that its connections are dead, not with each of them",
  async () => {
    const server = await ownServer();
    const options = { connectionString: server.url, connections: 5 } as const;
    const storage = await openStorage({ ...options, statementTimeout: "400ms" });
    await write(storage);
    await Promise.all(
      Array.from({ length: 5 }, () => storage.list("acme", { actor: null, limit: 1 })),
    );
    const backends = await query<{ pid: number }>(
      server.url,
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'syntha'",
    );
    expect(backends).toHaveLength(5);
    // As when a router has forgotten them: nobody answers, and nobody says so.
    for (const { pid } of backends) process.kill(pid, "SIGSTOP");
    onTestFinished(() => {
      for (const { pid } of backends) process.kill(pid, "SIGCONT");
    });
    await expect(storage.stats("acme")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    // Each of these would be refused in the same way, had it met another dead connection.
    for (let i = 0; i < 6; i++) await storage.stats("acme");
    expect(await write(storage, 2)).toMatchObject([{ position: 2 }]);
    await storage.close();
  },
);

it("opens in time, or says that it can't", async () => {
  const place = await ownSchema();
  const network = await ownNetwork(place.connectionString);
  const options = { ...place, connectionString: network.url, busyTimeout: "200ms" } as const;
  const storage = newStorage(options);
  network.blackhole();
  await expect(storage.open()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  network.heal();
  await storage.open();
  expect(await write(storage)).toMatchObject([{ position: 1 }]);
});

it("waits for a connection of its own no longer than it was told", async () => {
  const place = await ownSchema();
  const storage = await openStorage({ ...place, connections: 1, busyTimeout: "150ms" });
  await write(storage);
  await query(
    place.connectionString,
    `CREATE FUNCTION ${place.schema}.dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$`,
    `CREATE TRIGGER dawdle AFTER INSERT ON ${place.schema}.log
       FOR EACH STATEMENT EXECUTE FUNCTION ${place.schema}.dawdle()`,
  );
  const writing = write(storage, 2);
  await expect(storage.stats("acme")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    hint: expect.stringContaining("`connections`"),
  });
  expect(await writing).toMatchObject([{ position: 2 }]);
  expect(await storage.stats("acme")).toMatchObject({ head: 2 });
});

it("says that the server has no connection left, and goes on when it has one", async () => {
  const server = await ownServer({
    settings: {
      max_connections: "7",
      superuser_reserved_connections: "0",
      reserved_connections: "0",
    },
  });
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
  await expect
    .poll(() =>
      storage.open().then(
        () => "open",
        () => "not yet",
      ),
    )
    .toBe("open");
  expect(await write(storage)).toMatchObject([{ position: 1 }]);
});

it("says that it can't write to a server that has become read-only, still reads, and recovers", async () => {
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

it("does not stay with a server that has become read-only when its name leads to another", async () => {
  const place = await ownSchema();
  const storage = await openStorage({ ...place, connections: 1 });
  await write(storage);
  // As on a server that was the primary: for those who are connected.
  const first = await openStorage({ ...place, connections: 1 });
  const pool = ownPool({ connectionString: place.connectionString, max: 1 });
  const user = await openStorage({ schema: place.schema, pool });
  await pool.query("SET default_transaction_read_only = on");
  // A transaction of the pool's old connection says no; the next has another connection.
  await pool.query("SELECT 1");
  const refused = await user
    .commit("acme", [bySystem(put("k", 2))], decide)
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "UNAVAILABLE", cause: { code: "25006" } });
  expect(await write(user, 2)).toMatchObject([{ position: 2 }]);
  expect(await write(first, 3)).toMatchObject([{ position: 3 }]);
});

it("says when the tables were taken away", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  await write(storage);
  await query(place.connectionString, `DROP SCHEMA ${place.schema} CASCADE`);
  await expect(write(storage)).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
  await expect(storage.stats("acme")).rejects.toMatchObject({ code: "STORAGE_MISMATCH" });
});
