import { setTimeout } from "node:timers/promises";
import type { SynthaError } from "@syntha/core";
import type { Storage } from "@syntha/core/storage";
import type { TcpProxy } from "@syntha/testing-postgres";
import type pg from "pg";
import { expect, it } from "vitest";
import { openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, deciding, put, write } from "./support/operations.ts";
import { ownPool, poolsOf } from "./support/own-pool.ts";
import { ownNetwork } from "./support/own-server.ts";
import { delayCommits, query } from "./support/query.ts";
import { ownConcurrently } from "./support/test-end.ts";
import { until } from "./support/until.ts";

ownConcurrently();

interface Place {
  readonly network: TcpProxy;
  readonly connectionString: string;
  /** The server's URL, without the proxy. */
  readonly direct: string;
  readonly schema: string;
}

async function place(): Promise<Place> {
  const { connectionString: direct, schema } = await ownSchema();
  const network = await ownNetwork(direct);
  return { network, connectionString: network.url, direct, schema };
}

// None of these waits for `statementTimeout`, which is a minute.

/**
 * The failure of a commit that is forgotten when it has the lock. Its idle transaction is then ended, as the server does
 * after some seconds.
 */
async function forgottenCommit(
  storage: Storage,
  { network, direct, schema }: Place,
): Promise<unknown> {
  const forgotten = Promise.withResolvers<void>();
  const forgetting = deciding(() => {
    network.forget();
    forgotten.resolve();
  });
  const failure = storage
    .commit("acme", [bySystem(put("k", 1))], forgetting)
    .catch((error: unknown) => error);
  await forgotten.promise;
  await until(async () => {
    const ended = await query(
      direct,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE state = 'idle in transaction' AND query LIKE '%${schema}%'`,
    );
    return ended.length > 0;
  });
  return failure;
}

const POOLS = poolsOf(2);

it.concurrent.for(POOLS)(
  "replaces connections that a router dropped, with %s",
  async ([, optionsFor]) => {
    const where = await place();
    const storage = await openStorage({ ...optionsFor(where), busyTimeout: "1500ms" });
    await Promise.all([write(storage), storage.stats("acme")]);
    where.network.forget();
    // The first write gets a stalled connection or a new one.
    const failures: unknown[] = [];
    await write(storage, 2).catch((error: SynthaError) => failures.push(error.code));
    expect(["", "UNAVAILABLE"]).toContain(failures.join());
    expect(await write(storage, 3)).toMatchObject([{ ok: true }]);
    expect(await storage.get("acme", null, ["k"])).toMatchObject({ items: [{ value: "3" }] });
  },
);

it.concurrent.for(POOLS)(
  "determines the outcome of a commit on a dropped connection, with %s",
  async ([, optionsFor]) => {
    const where = await place();
    const storage = await openStorage({ ...optionsFor(where), busyTimeout: "3s" });
    await write(storage, 0);
    expect(await forgottenCommit(storage, where)).toMatchObject({ code: "UNAVAILABLE" });
    expect(await write(storage, 2)).toMatchObject([{ position: 2 }]);
    expect(await storage.get("acme", null, ["k"])).toMatchObject({ items: [{ value: "2" }] });
  },
);

it.concurrent(
  "detects a stall on a connection that was slow to open",
  { timeout: 30_000 },
  async () => {
    const where = await place();
    const pool = ownPool({ connectionString: where.connectionString, max: 2 });
    const { schema } = where;
    const storage = await openStorage({ pool, schema, busyTimeout: "3s" });
    await write(storage, 0);
    const connect: () => Promise<pg.PoolClient> = pool.connect.bind(pool);
    Object.assign(pool, { connect: () => setTimeout(700).then(connect) });
    expect(await forgottenCommit(storage, where)).toMatchObject({ code: "UNAVAILABLE" });
  },
);

it.concurrent.for(POOLS)(
  "waits for a statement that the server is executing, with %s",
  async ([, optionsFor]) => {
    const where = await place();
    const storage = await openStorage({ ...optionsFor(where), busyTimeout: "1s" });
    await write(storage);
    const { schema, direct } = where;
    await delayCommits(direct, schema, 1.5);
    expect(await write(storage, 2)).toMatchObject([{ position: 2 }]);
  },
);

it.concurrent.for(POOLS)(
  "closes while the server does not respond, with %s",
  async ([, optionsFor]) => {
    const where = await place();
    const storage = await openStorage({ ...optionsFor(where), busyTimeout: "1s" });
    await write(storage);
    storage.onCommit("acme", () => {});
    const calls = [write(storage, 2), write(storage, 3), storage.get("acme", null, ["k"])];
    where.network.blackhole();
    calls.push(write(storage, 4), storage.list("acme", { actor: null, limit: 1 }));
    const settled = Promise.allSettled(calls);
    await storage.close();
    expect(await settled).toHaveLength(5);
    // The user's pool, which waits for a connection without a timeout, is not ended by the storage.
    await where.network.close();
  },
);

it.concurrent("waits up to busyTimeout for an earlier write of the process", async () => {
  const { connectionString, schema } = await ownSchema();
  const storage = await openStorage({ connectionString, schema, busyTimeout: "500ms" });
  await write(storage, 0);
  await delayCommits(connectionString, schema, 2);
  const slow = write(storage, 1);
  await expect(write(storage, 2)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    hint: expect.stringContaining("busyTimeout"),
  });
  expect(await slow).toMatchObject([{ position: 2 }]);
});

it.concurrent("waits for many earlier writes that each end in time", async () => {
  const { connectionString, schema } = await ownSchema();
  const storage = await openStorage({ connectionString, schema, busyTimeout: "1500ms" });
  await write(storage, 0);
  await delayCommits(connectionString, schema, 0.2);
  const outcomes = await Promise.all(Array.from({ length: 10 }, (_, i) => write(storage, i)));
  expect(outcomes).toHaveLength(10);
});
