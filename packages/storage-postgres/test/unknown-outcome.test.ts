import { ContextMesh } from "@syntha/core";
import { type Commit, decide } from "@syntha/core/storage";
import type { PostgresStorage } from "@syntha/storage-postgres";
import { postgresUrl } from "@syntha/testing-postgres/vitest";
import type { TcpProxy } from "@syntha/testing-postgres";
import { expect, it } from "vitest";
import { openStorage, ownSchema } from "./support/open-storage.ts";
import { bySystem, deciding, put, write } from "./support/operations.ts";
import { poolsOf } from "./support/own-pool.ts";
import { ownNetwork } from "./support/own-server.ts";
import { query } from "./support/query.ts";
import { atTestEnd, ownConcurrently } from "./support/test-end.ts";

ownConcurrently();

/** Where the network is cut. */
const COMMIT = "COMMIT\0";
const marked: readonly Commit[] = [bySystem(put("cut", 1))];

interface Scene {
  readonly network: TcpProxy;
  /** Connects through the proxy. */
  readonly storage: PostgresStorage;
  /** Connects without it. */
  readonly direct: PostgresStorage;
  readonly schema: string;
}

const POOLS = poolsOf(2);

async function scene(
  optionsFor = POOLS[0][1],
  more: { readonly statementTimeout?: "200ms" } = {},
): Promise<Scene> {
  const place = await ownSchema();
  const network = await ownNetwork(await postgresUrl());
  const direct = await openStorage(place);
  const options = optionsFor({ ...place, connectionString: network.url });
  const storage = await openStorage({ ...options, busyTimeout: "1500ms", ...more });
  return { network, storage, direct, schema: place.schema };
}

const keysOf = async (storage: PostgresStorage): Promise<string[]> =>
  (await storage.list("acme", { actor: null, limit: 100 })).items.map(({ key }) => key);

const TENANTS = [
  ["to a new tenant", []],
  ["to an existing tenant", ["before"]],
] as const;
const SCENES = TENANTS.flatMap(([who, before]) =>
  POOLS.map(([through, optionsFor]) => ({ who, before, through, optionsFor })),
);

it.concurrent.for(SCENES)(
  "finds a commit $who whose answer was lost, with $through",
  async ({ before, optionsFor }) => {
    const { network, storage, direct } = await scene(optionsFor);
    for (const key of before) await write(storage, 1, key);
    const cut = network.cutAt(COMMIT, "after");
    // The pipelined statements are executed by the time the first answer is lost.
    network.delay(40);
    const outcomes = await storage.commit("acme", marked, decide);
    await cut;
    expect(outcomes).toMatchObject([{ ok: true, position: before.length + 1 }]);
    expect(await keysOf(direct)).toEqual([...before, "cut"]);
    expect(await write(storage, 1, "next")).toMatchObject([{ position: before.length + 2 }]);
  },
);

it.concurrent.for(POOLS)(
  "repeats a lease extension whose answer was lost, with %s",
  async ([, optionsFor]) => {
    const { network, storage, direct } = await scene(optionsFor);
    const mesh = new ContextMesh({ tenantId: "acme", storage });
    atTestEnd(() => mesh.close());
    await mesh.system.push("task", 1, { global: true });
    const lease = await mesh.system.claim({ key: "task" }, { lease: "1m" });
    const cut = network.cutAt(COMMIT, "after");
    network.delay(40);
    const extended = await lease?.extend("1h");
    await cut;
    const { items, head } = await direct.list("acme", { actor: null, limit: 1 });
    expect(items[0]?.lease?.until).toBe(extended?.expiresAt.getTime());
    expect(head).toBe(2);
  },
);

it.concurrent.for(SCENES)(
  "reports that a commit $who did not arrive, with $through",
  async ({ before, optionsFor }) => {
    const { network, storage, direct } = await scene(optionsFor);
    for (const key of before) await write(storage, 1, key);
    const cut = network.cutAt(COMMIT, "before");
    await expect(storage.commit("acme", marked, decide)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
    });
    await cut;
    expect(await keysOf(direct)).toEqual([...before]);
    expect(await write(storage, 1, "next")).toMatchObject([{ position: before.length + 1 }]);
  },
);

it.concurrent.for([
  ["dropping a tenant", (storage) => storage.dropTenant({ tenantId: "acme" })],
  [
    "compacting one",
    (storage) => storage.compact({ tenantId: "acme", log: { commits: 0 }, limit: 10 }),
  ],
] satisfies [string, (storage: PostgresStorage) => Promise<unknown>][])(
  "rejects with UNKNOWN_OUTCOME after losing the answer to %s",
  async ([, call]) => {
    const { network, storage } = await scene();
    await write(storage, 1, "before");
    const cut = network.cutAt(COMMIT, "after");
    await expect(call(storage)).rejects.toMatchObject({ code: "UNKNOWN_OUTCOME" });
    await cut;
    expect(await call(storage)).toBeDefined();
  },
);

it.concurrent("reports a connection lost before the commit is sent", async () => {
  const { network, storage, direct } = await scene();
  await write(storage, 1, "before");
  const cutting = deciding(() => network.cut());
  await expect(storage.commit("acme", marked, cutting)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  expect(await keysOf(direct)).toEqual(["before"]);
  expect(await write(storage, 1, "next")).toMatchObject([{ position: 2 }]);
});

it.concurrent.for(TENANTS)(
  "rejects with UNKNOWN_OUTCOME if a commit %s can't be looked up",
  async ([, before]) => {
    const { network, storage, direct } = await scene();
    for (const key of before) await write(storage, 1, key);
    const cut = network.cutAt(COMMIT, "after").then(() => network.blackhole());
    network.delay(40);
    await expect(storage.commit("acme", marked, decide)).rejects.toMatchObject({
      code: "UNKNOWN_OUTCOME",
      retryable: false,
      hint: expect.stringContaining("Read the items that it would have changed"),
    });
    await cut;
    network.heal();
    expect(await keysOf(direct)).toEqual([...before, "cut"]);
    expect(await write(storage, 1, "next")).toMatchObject([{ position: before.length + 2 }]);
  },
);

it.concurrent.for(TENANTS)("waits for a commit %s that is still in transit", async ([, before]) => {
  const { network, storage, direct } = await scene(undefined, { statementTimeout: "200ms" });
  for (const key of before) await write(storage, 1, key);
  const holding = deciding(() => network.blackhole());
  // The statements time out and are looked up before the delayed ones reach the server.
  setTimeout(() => network.heal(), 600);
  const outcome = await storage.commit("acme", marked, holding).then(
    () => "acknowledged",
    (error: { code: string }) => error.code,
  );
  const keys = await keysOf(direct);
  const truths = keys.includes("cut")
    ? ["acknowledged", "UNKNOWN_OUTCOME"]
    : ["UNAVAILABLE", "UNKNOWN_OUTCOME"];
  expect(truths).toContain(outcome);
  // The outcome stays true.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await keysOf(direct)).toEqual(keys);
  expect(await write(storage, 1, "next")).toMatchObject([{ position: keys.length + 1 }]);
});

it.concurrent.for(TENANTS)(
  "waits for a commit %s that the server has not finished",
  async ([, before]) => {
    const { network, storage, direct, schema } = await scene();
    for (const key of before) await write(storage, 1, key);
    // A slow trigger: the commit takes longer than the connection exists.
    await query(
      await postgresUrl(),
      `CREATE FUNCTION ${schema}.delay_commit() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$`,
      `CREATE CONSTRAINT TRIGGER delay_commit AFTER INSERT ON ${schema}.item DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION ${schema}.delay_commit()`,
    );
    const committing = storage.commit("acme", marked, decide);
    await new Promise((resolve) => setTimeout(resolve, 250));
    network.cut();
    expect(await committing).toMatchObject([{ ok: true, position: before.length + 1 }]);
    expect(await keysOf(direct)).toEqual([...before, "cut"]);
  },
);
