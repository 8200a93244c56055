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
import { alone } from "./harness/alone.ts";
import { Fold } from "./harness/fold.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import { Random } from "./harness/random.ts";
import type { Run } from "./harness/run.ts";

/** Each way: 15 ms a round trip. */
const DELAY_MS = 7.5;
const MOST_WRITES = 20;
/** Rounds that share the network's delay. */
const AT_ONCE = 8;

/** Tenants that several storages drop at once while others write, claim, clear, compact and import. */
export const drops: Program = {
  name: "drops",
  promise: "A tenant that is dropped while it is used is whole or gone, and can be used again",
  storages: ["sqlite", "postgres", "memory"],
  unit: "rounds",
  count: 2_000,
  run: dropAgain,
};

/** What a round works on. */
interface Round {
  readonly tenant: string;
  readonly random: Random;
  /** An export of another tenant. */
  readonly exported: readonly string[];
}

type Companion = (storage: Storage, round: Round) => Promise<unknown>;

const COMPANIONS: readonly Companion[] = [
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

/** How what runs beside a drop may be refused. */
const REFUSALS: readonly ErrorCode[] = [
  "TENANT_EXISTS",
  "NOT_FOUND",
  "UNAVAILABLE",
  "STALE_TOKEN",
  "FORBIDDEN",
];

async function dropAgain(run: Run): Promise<Findings> {
  const { storages, close } = await processes(run);
  const [first] = storages as [Storage];
  const source = meshOn(first, "exported");
  await source.system.pushMany(
    [1, 2, 3].map((n) => ({ key: `imported ${n}`, value: n, global: true })),
  );
  const exported: string[] = [];
  for await (const line of exportTenant({ storage: first, tenantId: "exported", batch: 1 }))
    exported.push(line);
  let [done, written, lost] = [0, 0, 0];
  const playOne = async (number: number): Promise<void> => {
    const tenant = `round ${number}`;
    const random = new Random(run.random.seed());
    written += await play(storages, { tenant, random, exported });
    const difference = await judge(random.pick(storages), tenant);
    if (difference !== undefined) lost++;
    run.expect(difference === undefined, () => `${tenant}: ${difference}`);
    await drop(first, { tenant });
  };
  while (done < run.count && !run.isOver) {
    run.progress(done);
    const next = Math.min(AT_ONCE, run.count - done);
    await Promise.all(Array.from({ length: next }, (_, n) => playOne(done + n)));
    done += next;
  }
  await source.close();
  await close();
  return { done, figures: { "writes acknowledged": written, "tenants that are not whole": lost } };
}

/** Drops a tenant twice, while another storage writes to it and another does something else. */
async function play(storages: readonly Storage[], round: Round): Promise<number> {
  const { tenant, random } = round;
  const writer = meshOn(random.pick(storages), tenant);
  await writer.system.push("old", 0, { topics: ["t"] });
  let [written, isOver] = [1, false];
  const writing = async (): Promise<void> => {
    for (let n = 0; n < MOST_WRITES && !isOver; n++) {
      const push = writer.system.push(`new ${n}`, n, { topics: ["t"] });
      await refusable(push.then(() => written++));
      await pause(0);
    }
  };
  const companions: Companion[] = [drop, drop, random.pick(COMPANIONS)];
  const others = companions.map(async (companion) => {
    const storage = random.pick(storages);
    await pause(random.below(4));
    await refusable(companion(storage, round));
  });
  await Promise.all([writing(), Promise.all(others).finally(() => (isOver = true))]);
  await writer.system.push("last", 0, { topics: ["t"] });
  await writer.close();
  return written + 1;
}

/** How a tenant that nobody uses any more is not what its log says. */
async function judge(storage: Storage, tenant: string): Promise<string | undefined> {
  const fold = new Fold(tenant);
  let isLastThere = false;
  await fold.read(storage, ({ change }) => {
    if (change.type === "put" && change.key === "last") isLastThere = true;
  });
  if (fold.gaps > 0) return `${fold.gaps} gaps in the log`;
  if (!isLastThere) return "the last write is not in the log";
  return fold.difference(storage);
}

/** Three storages on the same data. Those of PostgreSQL have users' pools, and a network that takes its time. */
async function processes(
  run: Run,
): Promise<{ storages: readonly Storage[]; close: () => Promise<void> }> {
  const { address } = run.site;
  if (address.kind !== "postgres") {
    const storages = [run.site.storage(), run.site.storage(), run.site.storage()];
    return { storages, close: await opened(storages) };
  }
  const { connectionString, schema } = address;
  const proxy = await TcpProxy.to(connectionString);
  const pools = [1, 2, 3].map(() => new Pool({ connectionString: proxy.url, max: 4 }));
  const storages = pools.map((pool) => new PostgresStorage({ pool, schema }));
  const close = await opened(storages);
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

/** Keeps storages open, which would close with their last mesh; returns what closes them. */
async function opened(storages: readonly Storage[]): Promise<() => Promise<void>> {
  const keepers = storages.map((storage) => meshOn(storage, "keeper"));
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
  const mesh = meshOn(storage, tenant);
  try {
    return await work(mesh);
  } finally {
    await mesh.close();
  }
}

async function refusable(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isSynthaError(error) || !REFUSALS.includes(error.code)) throw error;
  }
}

await alone(import.meta.url, drops);
