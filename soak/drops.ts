import { setTimeout as pause } from "node:timers/promises";
import {
  type ContextMesh,
  type ErrorCode,
  exportTenant,
  importTenant,
  isSynthaError,
  type Storage,
} from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { TcpProxy } from "@syntha/testing-postgres";
import { Pool } from "pg";
import { Random } from "@syntha/testing-random";
import { LogReplay } from "./harness/log-replay.ts";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

/** In each direction, so 15 ms a round trip. */
const DELAY_MS = 7.5;
const MAX_WRITES = 20;
/** Rounds that run concurrently, because the network delay dominates. */
const CONCURRENCY = 8;

/** Tenants that several storages drop at once while others write, claim, clear, sweep and import. */
export const drops: Program = {
  name: "drops",
  guarantee:
    "A tenant that is dropped while in use is either complete or deleted, and can be used again",
  storages: ["sqlite", "postgres", "memory"],
  unit: "rounds",
  count: 2_000,
  run: runDrops,
};

/** The input of a round. */
interface Round {
  readonly tenant: string;
  readonly random: Random;
  /** An export of another tenant. */
  readonly exported: readonly string[];
}

type Action = (storage: Storage, round: Round) => Promise<unknown>;

const ACTIONS: readonly Action[] = [
  drop,
  drop,
  (storage, { tenant }) => withMesh(storage, tenant, (mesh) => mesh.clear()),
  (storage, { tenant }) => withMesh(storage, tenant, (mesh) => mesh.deleteTopic("t")),
  (storage, { tenant }) => withMesh(storage, tenant, (mesh) => mesh.sweep()),
  (storage, { tenant }) =>
    withMesh(storage, tenant, async (mesh) => {
      await mesh.agent("Bea").subscribe(["t"]);
      await (await mesh.agent("Bea").claim({ topic: "t" }))?.complete();
    }),
  (storage, { tenant: tenantId, exported }) => importTenant({ storage, lines: exported, tenantId }),
];

/** Errors that a call concurrent with a drop may return. */
const ALLOWED_CODES: readonly ErrorCode[] = [
  "TENANT_EXISTS",
  "NOT_FOUND",
  "UNAVAILABLE",
  "STALE_TOKEN",
  "FORBIDDEN",
];

async function runDrops(run: Run): Promise<Findings> {
  const { storages, close } = await openStorages(run);
  const [first] = storages as [Storage];
  const source = createMesh(first, "exported");
  await source.system.pushMany(
    [1, 2, 3].map((n) => ({ key: `imported ${n}`, value: n, global: true })),
  );
  const exported: string[] = [];
  for await (const line of exportTenant({ storage: first, tenantId: "exported", batch: 1 }))
    exported.push(line);
  let [done, written, lost] = [0, 0, 0];
  const runRound = async (number: number): Promise<void> => {
    const tenant = `round ${number}`;
    const random = new Random(run.random.seed());
    written += await dropDuringUse(storages, { tenant, random, exported });
    const difference = await findDifference(random.pick(storages), tenant);
    if (difference !== undefined) lost++;
    run.expect(difference === undefined, () => `${tenant}: ${difference}`);
    await drop(first, { tenant });
  };
  while (run.continues(done)) {
    const next = Math.min(CONCURRENCY, run.count - done);
    await Promise.all(Array.from({ length: next }, (_, n) => runRound(done + n)));
    done += next;
  }
  await source.close();
  await close();
  return { done, figures: { "writes acknowledged": written, "inconsistent tenants": lost } };
}

/** Drops a tenant twice while storages write to it and do something else; returns the acknowledged writes. */
async function dropDuringUse(storages: readonly Storage[], round: Round): Promise<number> {
  const { tenant, random } = round;
  const writer = createMesh(random.pick(storages), tenant);
  await writer.system.push("old", 0, { topics: ["t"] });
  let [written, isOver] = [1, false];
  const writing = async (): Promise<void> => {
    for (let n = 0; n < MAX_WRITES && !isOver; n++) {
      const push = writer.system.push(`new ${n}`, n, { topics: ["t"] });
      await ignoreAllowed(push.then(() => written++));
      await pause(0);
    }
  };
  const actions: Action[] = [drop, drop, random.pick(ACTIONS)];
  const others = actions.map(async (action) => {
    const storage = random.pick(storages);
    await pause(random.below(4));
    await ignoreAllowed(action(storage, round));
  });
  await Promise.all([writing(), Promise.all(others).finally(() => (isOver = true))]);
  await writer.system.push("last", 0, { topics: ["t"] });
  await writer.close();
  return written + 1;
}

/** How the state of an idle tenant differs from its log; undefined when it does not. */
async function findDifference(storage: Storage, tenant: string): Promise<string | undefined> {
  const replay = new LogReplay(tenant);
  let hasLast = false;
  await replay.read(storage, ({ change }) => {
    if (change.type === "put" && change.key === "last") hasLast = true;
  });
  if (replay.gaps > 0) return `${replay.gaps} gaps in the log`;
  if (!hasLast) return "the last write is not in the log";
  return replay.difference(storage);
}

/** Opens three storages on the same data. Those of PostgreSQL have pools of the caller, and a slow network. */
async function openStorages(
  run: Run,
): Promise<{ storages: readonly Storage[]; close: () => Promise<void> }> {
  const { address } = run.database;
  if (address.kind !== "postgres") {
    const storages = [run.database.storage(), run.database.storage(), run.database.storage()];
    return { storages, close: await keepOpen(storages) };
  }
  const { connectionString, schema } = address;
  const proxy = await TcpProxy.to(connectionString);
  const pools = [1, 2, 3].map(() => new Pool({ connectionString: proxy.url, max: 4 }));
  const storages = pools.map((pool) => new PostgresStorage({ pool, schema }));
  const close = await keepOpen(storages);
  proxy.delay(DELAY_MS);
  return {
    storages,
    close: async () => {
      await close();
      await Promise.all(pools.map((pool) => pool.end()));
      await proxy.close();
    },
  };
}

/** Keeps storages open that would close with their last mesh; returns a function that closes them. */
async function keepOpen(storages: readonly Storage[]): Promise<() => Promise<void>> {
  const keepers = storages.map((storage) => createMesh(storage, "keeper"));
  for (const keeper of keepers) await keeper.stats();
  return async () => void (await Promise.all(keepers.map((keeper) => keeper.close())));
}

function drop(storage: Storage, { tenant }: Pick<Round, "tenant">): Promise<unknown> {
  return storage.dropTenant({ tenantId: tenant });
}

async function withMesh<T>(
  storage: Storage,
  tenant: string,
  work: (mesh: ContextMesh) => Promise<T>,
): Promise<T> {
  const mesh = createMesh(storage, tenant);
  try {
    return await work(mesh);
  } finally {
    await mesh.close();
  }
}

async function ignoreAllowed(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isSynthaError(error) || !ALLOWED_CODES.includes(error.code)) throw error;
  }
}
