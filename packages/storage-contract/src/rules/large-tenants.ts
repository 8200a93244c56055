import { expect, it } from "vitest";
import { type ContextMesh, SynthaError } from "@syntha/core";
import { type Commit, decide, type FullStorage, type Storage } from "@syntha/core/storage";
import { readItems, readLog } from "../harness/tenant-snapshot.ts";
import { interceptMaintenance } from "../harness/maintenance-interceptor.ts";
import { Feed } from "../harness/feed.ts";
import type { StorageContract } from "../contract.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

/** More than two steps of a clearing or a sweep remove. */
const MANY = 650;

async function fill(mesh: ContextMesh, count: number, ttl?: "1m"): Promise<void> {
  await mesh.agent("Ann").pushMany(
    Array.from({ length: count }, (_, n) => ({
      key: `item ${String(n).padStart(4, "0")}`,
      value: n,
      topics: ["t", n % 2 === 0 ? "even" : "odd"],
      ttl,
    })),
  );
}

/** A storage on which something happens before the commit of a step. */
function beforeClearStep(
  storage: FullStorage,
  happen: (step: number) => Promise<unknown>,
): Storage {
  let steps = 0;
  return {
    ...interceptMaintenance(storage, (_, run) => run()),
    async commit(tenant, commits, by) {
      if (commits.some(({ ops }) => ops[0]?.type === "clear")) await happen(++steps);
      return storage.commit(tenant, commits, by);
    },
  };
}

export function largeTenants(contract: StorageContract): void {
  rule(contract, "Large tenants", (world) => {
    it("clears many items in several commits, each item told once, and counts right", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["t"]);
      await fill(mesh, MANY);
      const { revision } = await mesh.stats();
      const feed = await new Feed(mesh.agent("Bea").watch({ buffer: 1_000 })).started();
      expect(await mesh.clear()).toBe(MANY);
      const deleted = await feed.drain(mesh);
      expect(new Set(deleted).size).toBe(MANY);
      expect(deleted.every((line) => line.startsWith("delete item "))).toBe(true);
      const positions = (await readLog(world.storage, mesh.tenantId)).map(
        ({ position }) => position,
      );
      expect(new Set(positions.filter((position) => position > revision)).size).toBeGreaterThan(2);
      expect(await mesh.stats()).toMatchObject({ items: 1, topics: 1, agents: 1 });
      expect(await mesh.clear()).toBe(1);
      expect(await mesh.clear()).toBe(0);
    });

    it("clears what there was when it was called, and leaves what is written meanwhile", async () => {
      const { tenantId } = world.mesh();
      const writer = world.mesh({ tenantId });
      const storage = beforeClearStep(world.storage, async (step) => {
        if (step === 1) return;
        await writer.agent("Ann").push("item 0000", "again", { topics: ["t"] });
        await writer.agent("Ann").push("item 0640", "later", { topics: ["t"] });
        await writer.agent("Ann").push("new", step, { topics: ["t"] });
      });
      const mesh = world.mesh({ tenantId }, storage);
      await fill(mesh, MANY);
      expect(await mesh.clear()).toBe(MANY - 1);
      expect(await mesh.system.keys()).toEqual(["item 0000", "item 0640", "new"]);
    });

    it("finishes a clearing that was cut off when it is called again", async () => {
      const { tenantId } = world.mesh();
      let isCut = true;
      const storage = beforeClearStep(world.storage, async (step) => {
        if (step === 2 && isCut)
          throw new SynthaError("UNAVAILABLE", "Cut off.", { hint: "Try again." });
      });
      const mesh = world.mesh({ tenantId }, storage);
      await fill(mesh, MANY);
      await rejects(mesh.clear(), "UNAVAILABLE");
      const { items } = await mesh.stats();
      expect([items > 0, items < MANY]).toEqual([true, true]);
      isCut = false;
      expect(await mesh.clear()).toBe(items);
      expect(await readItems(world.storage, tenantId)).toEqual([]);
    });

    it("clears nothing of a tenant that came in the place of the one that it began with", async () => {
      const { tenantId } = world.mesh();
      const registry = world.registry();
      const writer = world.mesh({ tenantId });
      const storage = beforeClearStep(world.storage, async (step) => {
        if (step !== 2) return;
        await registry.drop(tenantId);
        await writer.agent("Ann").push("zzz", 1, { global: true });
      });
      const mesh = world.mesh({ tenantId }, storage);
      await fill(mesh, MANY);
      await mesh.clear();
      expect(await mesh.system.keys()).toEqual(["zzz"]);
    });

    it("sweeps many items in several commits, with one expire for each", async () => {
      const mesh = world.mesh();
      await fill(mesh, MANY, "1m");
      world.clock.advance("1m");
      expect(await mesh.stats()).toMatchObject({ items: 0, expired: MANY, topics: 0 });
      expect(await mesh.sweep()).toBe(MANY);
      const log = await readLog(world.storage, mesh.tenantId);
      const swept = log.flatMap(({ change }) => (change.type === "expire" ? [change.key] : []));
      expect([swept.length, new Set(swept).size]).toEqual([MANY, MANY]);
      expect(await mesh.stats()).toMatchObject({ items: 0, expired: 0, topics: 0 });
    });

    it("drops many items, and is ready for the next write at once", async () => {
      const mesh = world.mesh();
      await fill(mesh, 1_200);
      expect(await world.registry().drop(mesh.tenantId)).toBe(true);
      await mesh.agent("Ann").push("new", 1, { global: true });
      expect(await mesh.stats()).toMatchObject({ revision: 1, items: 1, topics: 0, logEntries: 1 });
    });

    it.each<[string, (mesh: ContextMesh) => Promise<unknown>]>([
      ["swept", (mesh) => mesh.sweep()],
      ["pushed again", (mesh) => mesh.system.push("hot", "new", { global: true })],
    ])("forgets the values of a key with very many entries when it is %s", async (_, remove) => {
      const mesh = world.mesh();
      const { tenantId } = mesh;
      const route = { topics: [], subscribers: [], global: true };
      const put = { type: "put", key: "hot", route, routeIfNew: undefined } as const;
      const commits = Array.from({ length: 2_100 }, (__, n): Commit => {
        const written = { value: `"secret ${n}"`, expiry: 60_000, ifRevision: undefined };
        return { actor: null, ops: [{ ...put, ...written }] };
      });
      await world.storage.commit(tenantId, commits, decide);
      world.clock.advance("1m");
      await remove(mesh);
      const log = await readLog(world.storage, tenantId, "hot");
      expect(log.filter(({ change }) => change.type === "expire").length).toBe(1);
      expect(JSON.stringify(log)).not.toContain("secret");
      expect(log.length).toBeGreaterThan(2_100);
    });
  });
}
