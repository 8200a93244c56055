import { expect } from "vitest";
import {
  type AgentContext,
  type ContextMesh,
  copyTenant,
  exportTenant,
  importTenant,
  type Lease,
} from "@syntha/core";
import { type Commit, decide, type Outcome, type Storage } from "@syntha/core/storage";
import {
  expectEqualTenants,
  Feed,
  interceptMaintenance,
  readItems,
  readLog,
  rule,
  tenantSnapshot,
} from "../harness/index.ts";

/** A worker, and its one-minute leases on new items. */
async function claimAll(mesh: ContextMesh, ...keys: string[]): Promise<[AgentContext, Lease[]]> {
  const worker = mesh.agent("Worker");
  await worker.subscribe(["t"]);
  const held: Lease[] = [];
  for (const key of keys) {
    await mesh.agent("Ann").push(key, key, { topics: ["t"] });
    held.push((await worker.claim({ key }, { lease: "1m" })) as Lease);
  }
  return [worker, held];
}

async function leaseEnd(
  storage: Storage,
  tenant: string,
  key: string,
): Promise<number | undefined> {
  return (await readItems(storage, tenant)).find((item) => item.key === key)?.lease?.until;
}

/** The token of a lease, as operations take it. */
async function leaseToken(storage: Storage, tenant: string, key: string) {
  const { epoch, items } = await storage.list(tenant, { actor: null, limit: 10 });
  const { position = 0, leaseId = 0 } = items.find((item) => item.key === key)?.lease ?? {};
  return { key, epoch, position, leaseId };
}

export const extensions = rule("R13 Lease extension", {
  storage(world, it) {
    it("keeps a lease and its token to the extended end", async ({ mesh, system }) => {
      const [other] = (await world.handles()).slice(-1);
      const there = world.mesh({ tenantId: mesh.tenantId }, other);
      const [worker, [lease]] = await claimAll(mesh, "it");
      await worker.lease("it", lease?.token as string).extend("5m");
      world.clock.advance("4m");
      expect(await there.system.claim({ key: "it" })).toBeUndefined();
      expect(await there.agent("Worker").claim({ topic: "t" })).toBeUndefined();
      world.clock.advance("59s");
      await there
        .agent("Worker")
        .lease("it", lease?.token as string)
        .extend("1m");
      world.clock.advance("59s");
      expect(await system.claim({ key: "it" })).toBeUndefined();
      world.clock.advance("1s");
      const next = await there.agent("Worker").claim({ topic: "t" });
      expect([next?.attempt, (next?.token ?? "") > (lease?.token as string)]).toEqual([2, true]);
    });

    it("keeps the extended end across a reopen", async ({ skip, tenantId }) => {
      const [, [lease]] = await claimAll(world.mesh({ tenantId }), "it");
      await lease?.extend("1h");
      const end = await leaseEnd(world.storage, tenantId, "it");
      await world.reopen(skip);
      expect(await leaseEnd(world.storage, tenantId, "it")).toBe(end);
      const after = world.mesh({ tenantId }).agent("Worker");
      await after.lease("it", lease?.token as string).complete("done");
      expect(await after.get("it")).toBe("done");
    });

    it("keeps an extension when nothing else is written", async ({ mesh, tenantId }) => {
      await claimAll(mesh, "it");
      const it = await leaseToken(world.storage, tenantId, "it");
      const claim = { type: "claim", leaseMs: 1_000, leaseId: 1, maxAttempts: undefined } as const;
      const commits: Commit[] = [
        { actor: "Worker", ops: [{ type: "extend", ...it, leaseMs: 300_000 }] },
        { actor: null, ops: [{ ...claim, from: { queues: ["telsewhere"] } }] },
        { actor: null, ops: [{ type: "sweep", limit: 10 }] },
      ];
      await world.storage.commit(tenantId, commits, decide);
      expect(await leaseEnd(world.storage, tenantId, "it")).toBe(world.clock() + 300_000);
    });
  },
  wrapper(world, it) {
    it("decides later operations by the extended end", async ({ mesh, tenantId }) => {
      await claimAll(mesh, "it", "more", "done");
      const { head } = await world.storage.stats(tenantId);
      const held = async (key: string) => leaseToken(world.storage, tenantId, key);
      const [it, more, done] = [await held("it"), await held("more"), await held("done")];
      const claim = { type: "claim", leaseMs: 1_000, leaseId: 1, maxAttempts: undefined } as const;
      const route = { topics: [], subscribers: [], global: true };
      const put = { type: "put", key: "new", value: "1", route, routeIfNew: undefined } as const;
      const actor = "Worker";
      const commits: Commit[] = [
        { actor, ops: [{ type: "extend", ...it, leaseMs: 300_000 }] },
        { actor, ops: [{ ...claim, from: { queues: ["tt"] } }] },
        {
          actor,
          ops: [
            { type: "extend", ...more, leaseMs: 400_000 },
            { ...put, expiry: undefined, ifRevision: 0 },
          ],
        },
        { actor, ops: [{ type: "extend", ...done, leaseMs: 500_000 }] },
        {
          actor,
          ops: [{ type: "complete", ...done, result: "1", route: undefined, expiry: undefined }],
        },
      ];
      const outcomes = await world.storage.commit(tenantId, commits, decide);
      const positions = outcomes.map((each) => (each as Outcome & { ok: true }).position - head);
      expect(positions).toEqual([0, 0, 1, 1, 2]);
      const waits = (outcomes[1] as Outcome & { ok: true }).results[0];
      expect(waits).toMatchObject({ row: undefined, readyInMs: 60_000 });
      const ends = await readItems(world.storage, tenantId);
      const now = world.clock();
      expect(ends.map(({ key, lease }) => [key, lease && lease.until - now])).toEqual([
        ["done", null],
        ["it", 300_000],
        ["more", 400_000],
        ["new", null],
      ]);
    });
  },
  dump(world, it) {
    it("copies leases that are extended during the copy", async ({ mesh, tenantId }) => {
      const [, held] = await claimAll(mesh, "early", "late", "never");
      let minutes = 1;
      const from = interceptMaintenance(world.storage, async (task, run) => {
        const page = await run();
        if (task.type === "dump" && minutes < 60) await held[minutes % 2]?.extend(`${++minutes}m`);
        return page;
      });
      const targetTenantId = world.newTenantId();
      const whenCaughtUp = (): void => void (minutes = 60);
      const copy = { from, to: world.storage, tenantId, targetTenantId, batch: 1, whenCaughtUp };
      expect((await copyTenant(copy)).verified).toBe(true);
      await expectEqualTenants(world.storage, world.storage, tenantId, targetTenantId);
      const token = held[0]?.token as string;
      await world
        .mesh({ tenantId: targetTenantId })
        .agent("Worker")
        .lease("early", token)
        .complete("done");
    });

    it("exports leases that are extended during the export", async ({ mesh, tenantId }) => {
      const [, [lease]] = await claimAll(mesh, "it");
      const lines: string[] = [];
      for await (const line of exportTenant({ storage: world.storage, tenantId, batch: 1 })) {
        lines.push(line);
        if (line.includes('"type":"item"') && lines.length < 100) await lease?.extend("1h");
      }
      const as = world.newTenantId();
      await importTenant({ storage: world.storage, lines, tenantId: as });
      expect(await leaseEnd(world.storage, as, "it")).toBe(world.clock() + 3_600_000);
    });
  },
  pastSubscriptions(world, it) {
    it("logs no extension of a lease", async ({ mesh, system, tenantId }) => {
      const [worker, [lease]] = await claimAll(mesh, "it");
      const feed = await new Feed(worker.watch()).started();
      const log = await readLog(world.storage, tenantId);
      const { epoch, head, items: _, ...before } = await tenantSnapshot(world.storage, tenantId);
      for (let n = 0; n < 20; n++) await lease?.extend("2m");
      const { items, ...after } = await tenantSnapshot(world.storage, tenantId);
      expect(after).toEqual({ epoch, head, ...before });
      expect(items.map((item) => item.lease?.until)).toEqual([world.clock() + 120_000]);
      expect(await readLog(world.storage, tenantId)).toEqual(log);
      expect((await system.history("it")).map(({ type }) => type)).toEqual(["put", "lease"]);
      expect(await feed.drain(mesh)).toEqual([]);
      expect((await mesh.stats()).revision).toBe(head + 1);
    });
  },
});
