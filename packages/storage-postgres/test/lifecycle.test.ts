import { createServer } from "node:net";
import { decide, Quotas } from "@syntha/core/storage";
import { PostgresStorage } from "@syntha/storage-postgres";
import { freshDatabase } from "@syntha/testing-postgres/vitest";
import { expect, it, onTestFinished } from "vitest";
import { checkVersion } from "../src/connection/check-server.ts";
import { newStorage, openStorage, ownSchema } from "./support/open-storage.ts";
import { by, bySystem, onTopics, put, write } from "./support/operations.ts";
import { query } from "./support/query.ts";
import { until } from "./support/until.ts";

it("does not connect before opening or after closing", async () => {
  let callers = 0;
  const server = createServer((socket) => {
    callers++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const storage = new PostgresStorage({ connectionString: `postgres://me@127.0.0.1:${port}/db` });
  const unsubscribe = storage.onCommit("acme", () => {});
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(callers).toBe(0);
  await expect(storage.open()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  const before = callers;
  await storage.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(callers).toBe(before);
  unsubscribe();
});

it("finishes calls in flight before it closes", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  await write(storage);
  const { schema, connectionString } = place;
  const locking = query(
    connectionString,
    `BEGIN; UPDATE ${schema}.tenant SET now = now; SELECT pg_sleep(0.3); ROLLBACK`,
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  const calls = [
    write(storage, 2),
    write(storage, 3),
    storage.get("missing", null, ["k"]),
    storage.list("acme", { actor: "Ann", limit: 5 }),
    storage.compact({ tenantId: "acme", log: { commits: 0 }, limit: 10 }),
  ];
  const closing = storage.close();
  await expect(storage.stats("acme")).rejects.toMatchObject({ code: "CLOSED" });
  const answers = await Promise.all(calls);
  expect(answers[1]).toMatchObject([{ ok: true, position: 3 }]);
  await closing;
  await locking;
});

it("notifies others of its last commit before it closes", async () => {
  const place = await ownSchema();
  const here = await openStorage({ ...place, pollEvery: "1h" });
  const there = await openStorage({ ...place, pollEvery: "1h" });
  let rings = 0;
  here.onCommit("acme", () => rings++);
  await until(() => rings > 0);
  await new Promise((resolve) => setTimeout(resolve, 100));
  rings = 0;
  const committing = write(there);
  await Promise.all([committing, there.close()]);
  await expect.poll(() => rings).toBeGreaterThan(0);
});

it("leaves no connection open", async () => {
  const place = await ownSchema();
  const name = `closing ${place.schema}`.slice(0, 63);
  const url = new URL(place.connectionString);
  url.searchParams.set("application_name", name);
  const storage = await openStorage({ ...place, connectionString: url.href });
  storage.onCommit("acme", () => {});
  await Promise.all(Array.from({ length: 9 }, () => storage.stats("acme")));
  const connections = async (): Promise<number> => {
    const [row] = await query<{ count: string }>(
      place.connectionString,
      `SELECT count(*) FROM pg_stat_activity WHERE application_name = '${name}'`,
    );
    return Number(row?.count);
  };
  expect(await connections()).toBeGreaterThan(1);
  await storage.close();
  await until(async () => (await connections()) === 0);
});

it("deletes all rows of a dropped tenant and changes its epoch", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  const quotas = new Quotas({ agent: { items: 9, writesPerSecond: 9 } });
  const fill = (): Promise<unknown> =>
    storage.commit(
      "acme",
      [
        by("Ann", { type: "subscribe", agent: "Ann", topics: ["a", "b"] }),
        by("Ann", { type: "unsubscribe", agent: "Ann", topics: ["b"] }),
        { ...by("Ann", put("k", 1, { route: onTopics("a"), expiry: 50 })), quotas },
        by(
          "Ann",
          put("later", 1, {
            task: { priority: undefined, notBefore: undefined, dependsOn: ["k"] },
          }),
        ),
        by("Ann", { type: "publish", id: "e", eventType: "made", data: "1", route: onTopics("a") }),
        bySystem({
          type: "setPermissions",
          agent: "Ann",
          permissions: { post: [], subscribe: ["a"], global: false, direct: false },
        }),
      ],
      decide,
    );
  const rowsByTable = async (): Promise<Record<string, number>> => {
    const { connectionString, schema } = place;
    const tables = await query<{ name: string }>(
      connectionString,
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = '${schema}' AND tablename <> 'migration'`,
    );
    const counts = tables.map(async ({ name }) => {
      const [row] = await query<{ n: number }>(
        connectionString,
        `SELECT count(*)::int AS n FROM ${schema}.${name}`,
      );
      return [name, row?.n] as const;
    });
    return Object.fromEntries(await Promise.all(counts)) as Record<string, number>;
  };
  await fill();
  const full = await rowsByTable();
  // Every table must have rows here, so that the drop is checked for all of them.
  expect(Object.entries(full).filter(([, rows]) => rows === 0)).toEqual([]);
  const { epoch } = await storage.stats("acme");
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: true });
  expect(await storage.dropTenant({ tenantId: "acme" })).toEqual({ existed: false });
  expect(Object.values(await rowsByTable()).filter((rows) => rows > 0)).toEqual([]);
  await fill();
  expect((await storage.stats("acme")).epoch).not.toBe(epoch);
});

it("rejects a database that is not UTF8", async () => {
  const database = await freshDatabase();
  const latin = `${database.name}_latin1`;
  onTestFinished(async () => {
    await query(database.url, `DROP DATABASE IF EXISTS ${latin} WITH (FORCE)`);
    await database.drop();
  });
  await query(
    database.url,
    `CREATE DATABASE ${latin} ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0`,
  );
  const url = new URL(database.url);
  url.pathname = `/${latin}`;
  await expect(newStorage({ connectionString: url.href }).open()).rejects.toMatchObject({
    code: "STORAGE_MISMATCH",
    message: expect.stringContaining("LATIN1"),
    hint: expect.stringContaining("ENCODING 'UTF8'"),
  });
});

it.for([120_022, 90_624])("rejects server version %i", (version) => {
  expect(() => checkVersion(version)).toThrow(
    expect.objectContaining({
      code: "STORAGE_MISMATCH",
      message: expect.stringContaining(String(Math.floor(version / 10_000))),
      hint: expect.stringContaining("13"),
    }),
  );
});

it.for([130_000, 180_004])("accepts server version %i", (version) => {
  expect(() => checkVersion(version)).not.toThrow();
});

it.for([
  ["neither a connection string nor a pool", {}],
  ["both", { connectionString: "postgres://me@host/db", pool: {} }],
  ["an empty connection string", { connectionString: "" }],
  ["an unknown durability", { connectionString: "postgres://me@host/db", durability: "none" }],
  ["a negative timeout", { connectionString: "postgres://me@host/db", busyTimeout: -1 }],
  ["an invalid duration", { connectionString: "postgres://me@host/db", pollEvery: "soon" }],
  ["zero connections", { connectionString: "postgres://me@host/db", connections: 0 }],
  ["an empty schema", { connectionString: "postgres://me@host/db", schema: "" }],
  ["a reserved schema name", { connectionString: "postgres://me@host/db", schema: "pg_mine" }],
  ["a schema name that is too long", { connectionString: "x", schema: "s".repeat(64) }],
] as const)("rejects %s", ([, options]) => {
  expect(() => new PostgresStorage(options as never)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENTS", hint: expect.stringMatching(/./) }),
  );
});
