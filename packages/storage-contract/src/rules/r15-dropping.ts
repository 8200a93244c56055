import { expect } from "vitest";
import {
  type ContextMesh,
  copyTenant,
  type ErrorCode,
  importTenant,
  isSynthaError,
  type Pushed,
} from "@syntha/core";
import { type Storage, systemPause } from "@syntha/core/storage";
import {
  exportLines,
  Feed,
  interceptMaintenance,
  readItems,
  readLog,
  rejects,
  rule,
  tenantSnapshot,
  times,
  type World,
} from "../harness/index.ts";

const ROUNDS = 2;
const MAX_WRITES = 10;
const AGENTS = ["Ann", "Bea"];

/** A call that runs while a tenant is dropped; the errors that it may reject with follow it in the table. */
type ConcurrentCall = (at: DropScene) => Promise<unknown>;

interface OtherTenant {
  /** A tenant with items. */
  readonly other: string;
  /** Its export. */
  readonly exported: readonly string[];
}

/** The tenant being dropped, and its storage. */
interface DropScene extends OtherTenant {
  readonly mesh: ContextMesh;
  readonly storage: Storage;
  readonly tenantId: string;
}

const REPLACED = ["TENANT_EXISTS", "NOT_FOUND", "UNAVAILABLE"] as const;

const CONCURRENT_CALLS: readonly (readonly [string, ConcurrentCall, ...ErrorCode[]])[] = [
  ["a second drop", ({ storage, tenantId }) => drop(storage, tenantId)],
  ["clear", ({ mesh }) => mesh.clear()],
  ["deleteTopic", ({ mesh }) => mesh.deleteTopic("t"), "NOT_FOUND"],
  ["sweep", ({ mesh }) => mesh.sweep()],
  ["compact", ({ mesh }) => mesh.compact({ log: 0 })],
  [
    "a claim and its completion",
    async ({ mesh }) =>
      (await mesh.agent("Bea").claim({ topic: "t" }))?.complete("done", { topics: ["u"] }),
    "FORBIDDEN",
    "STALE_TOKEN",
  ],
  [
    "an import",
    ({ storage, tenantId, exported }) => importTenant({ storage, lines: exported, tenantId }),
    ...REPLACED,
  ],
  [
    "a copy that goes there",
    ({ storage, tenantId: targetTenantId, other: tenantId }) =>
      copyTenant({ from: storage, to: storage, tenantId, targetTenantId, batch: 2 }),
    ...REPLACED,
  ],
  [
    "a copy that comes from there",
    async ({ storage, tenantId }) => {
      const targetTenantId = `${tenantId} copied`;
      const ids = { tenantId, targetTenantId };
      await copyTenant({ from: storage, to: storage, ...ids, batch: 2, verify: false });
      await drop(storage, targetTenantId);
    },
    "NOT_FOUND",
    "TENANT_EXISTS",
    "INVALID_CURSOR",
  ],
  ["a listing of several pages", ({ mesh }) => mesh.system.getAll(), "INVALID_CURSOR"],
];

function drop(storage: Storage, tenant: string): Promise<{ existed: boolean }> {
  return storage.dropTenant({ tenantId: tenant });
}

/** Awaits a call; ignores allowed errors. */
async function settled(call: Promise<unknown>, refusals: readonly ErrorCode[] = []): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isSynthaError(error) || !refusals.includes(error.code)) throw error;
  }
}

/** Fills a tenant; returns a cursor in its log. */
async function tenantToDrop(mesh: ContextMesh): Promise<string> {
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["t"]);
  await ann.pushMany([1, 2, 3].map((n) => ({ key: `old ${n}`, value: n, topics: ["t"] })));
  await ann.publish("happened", 1, { topics: ["t"], id: "e" });
  return (await ann.events()).cursor;
}

/** Checks that items, counters and a gapless log agree. */
async function expectConsistent(storage: Storage, tenant: string): Promise<void> {
  const { floor, head, items: counted, logEntries } = await storage.stats(tenant);
  const items = await readItems(storage, tenant);
  const log = await readLog(storage, tenant);
  expect(counted).toBe(items.length);
  if (floor > 0) return;
  expect(logEntries).toBe(log.length);
  const positions = [...new Set(log.map(({ position }) => position))];
  expect(positions).toEqual(times(head, (at) => at + 1));
  const folded = new Map<string, number>();
  for (const { change } of log) {
    if (change.type === "put") folded.set(change.key, change.after.revision);
    else if (change.type === "delete" || change.type === "expire") folded.delete(change.key);
  }
  expect(new Map(items.map(({ key, revision }) => [key, revision]))).toEqual(folded);
}

/** Drops a tenant while a call runs and another process writes; returns the value of a later write. */
async function dropWhileInUse(
  world: World,
  companion: ConcurrentCall,
  refusals: readonly ErrorCode[],
  given: OtherTenant,
): Promise<unknown> {
  const tenantId = world.newTenantId();
  const [here, there] = await handlesOf(world);
  const [mesh, writer] = [world.mesh({ tenantId }, here), world.mesh({ tenantId }, there)];
  const cursor = await tenantToDrop(mesh);
  let isOver = false;
  const push = (n: number): Promise<Pushed> =>
    writer.agent("Ann").push(`new ${n}`, n, { topics: ["t"] });
  const writing = async (): Promise<void> => {
    for (let n = 0; n < MAX_WRITES && !isOver; n++) {
      // Writes are rejected while a copy loads.
      await settled(push(n), ["UNAVAILABLE"]);
      await systemPause(0);
    }
  };
  const others = { ...given, storage: there, mesh, tenantId };
  await Promise.all([
    writing(),
    Promise.all([drop(here, tenantId), settled(companion(others), refusals)]).finally(
      () => (isOver = true),
    ),
  ]);
  const { key } = await push(MAX_WRITES);
  await expectConsistent(here, tenantId);
  await expectConsistent(there, tenantId);
  const last = await mesh.system.get(key);
  await rejects(mesh.agent("Ann").events({ since: cursor }), "INVALID_CURSOR");
  await rejects(new Feed(mesh.agent("Ann").watch({ since: cursor })).next(), "INVALID_CURSOR");
  // A second drop leaves nothing.
  expect(await drop(there, tenantId)).toEqual({ existed: true });
  const never = await tenantSnapshot(here, world.newTenantId(), AGENTS);
  expect(await tenantSnapshot(here, tenantId, AGENTS)).toEqual(never);
  await tenantToDrop(mesh);
  await push(0);
  await expectConsistent(there, tenantId);
  return last;
}

async function handlesOf(world: World): Promise<[Storage, Storage]> {
  const [first = world.storage, second = first] = await world.handles();
  return [first, second];
}

export const dropping = rule("R15 Dropping a tenant in use", {
  core(world, it) {
    it("keeps a tenant that replaced a failed import", async () => {
      const source = world.mesh();
      await tenantToDrop(source);
      const lines = await exportLines(world.storage, source.tenantId, 1);
      const { ann, system, tenantId } = world.team();
      const storage = interceptMaintenance(world.storage, async (task, run) => {
        if (task.type !== "drop") return run();
        await drop(world.storage, tenantId);
        await ann.push("new", 1, { global: true });
        return run();
      });
      await rejects(
        importTenant({ storage, lines: lines.slice(0, -1), tenantId }),
        "STORAGE_MISMATCH",
      );
      expect(await system.keys()).toEqual(["new"]);
    });
  },
  storage(world, it) {
    it("reports one drop among concurrent ones", async () => {
      const [here, there] = await handlesOf(world);
      const { mesh, tenantId } = world.team({}, here);
      await tenantToDrop(mesh);
      const drops = [here, there, here, there].map((each) => drop(each, tenantId));
      const existed = (await Promise.all(drops)).filter((each) => each.existed);
      expect(existed.length).toBe(1);
    });

    it("ends watches and shows others the new tenant", async () => {
      const [here, there] = await handlesOf(world);
      const { mesh, ann, system } = world.team({}, here);
      await tenantToDrop(mesh);
      const feed = await new Feed(
        world.mesh({ tenantId: mesh.tenantId }, there).system.watch(),
      ).started();
      await drop(here, mesh.tenantId);
      await ann.push("new", 1, { global: true });
      await rejects(feed.next(), "INVALID_CURSOR");
      expect(await system.keys()).toEqual(["new"]);
    });
  },
  dump(world, it) {
    it.for(CONCURRENT_CALLS)(
      "leaves no partial tenant beside writers and %s",
      async ([, run, ...refusals]) => {
        const other = world.mesh();
        await tenantToDrop(other);
        const exported = await exportLines(world.storage, other.tenantId, 2);
        const last: unknown[] = [];
        for (let n = 0; n < ROUNDS; n++)
          last.push(
            await dropWhileInUse(world, run, refusals, { exported, other: other.tenantId }),
          );
        expect(last).toEqual(last.map(() => MAX_WRITES));
      },
    );
  },
});
