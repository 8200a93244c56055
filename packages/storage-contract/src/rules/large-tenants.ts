import { expect } from "vitest";
import { type ContextMesh, SynthaError } from "@syntha/core";
import { type Commit, decide, type FullStorage, type Storage } from "@syntha/core/storage";
import {
  Feed,
  interceptMaintenance,
  readItems,
  readLog,
  rejects,
  rule,
  times,
} from "../harness/index.ts";

/** More than two steps of clear or sweep remove. */
const MANY = 650;

async function fill(mesh: ContextMesh, count: number, ttl?: "1m"): Promise<void> {
  await mesh.agent("Ann").pushMany(
    times(count, (n) => ({
      key: `item ${String(n).padStart(4, "0")}`,
      value: n,
      topics: ["t", n % 2 === 0 ? "even" : "odd"],
      ttl,
    })),
  );
}

/** A storage that calls `happen` before each commit of a clear. */
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

export const largeTenants = rule("Large tenants", {
  core(world, it) {
    it("resumes an interrupted clear on the next call", async ({ tenantId }) => {
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
  },
  storage(world, it) {
    it("clear leaves items written after it started", async ({ tenantId }) => {
      const writer = world.mesh({ tenantId });
      const storage = beforeClearStep(world.storage, async (step) => {
        if (step === 1) return;
        await writer.agent("Ann").push("item 0000", "again", { topics: ["t"] });
        await writer.agent("Ann").push("item 0640", "later", { topics: ["t"] });
        await writer.agent("Ann").push("new", step, { topics: ["t"] });
      });
      const { mesh, system } = world.team({ tenantId }, storage);
      await fill(mesh, MANY);
      expect(await mesh.clear()).toBe(MANY - 1);
      expect(await system.keys()).toEqual(["item 0000", "item 0640", "new"]);
    });

    it("clear does not touch a tenant recreated meanwhile", async ({ tenantId }) => {
      const registry = world.registry();
      const writer = world.mesh({ tenantId });
      const storage = beforeClearStep(world.storage, async (step) => {
        if (step !== 2) return;
        await registry.drop(tenantId);
        await writer.agent("Ann").push("zzz", 1, { global: true });
      });
      const { mesh, system } = world.team({ tenantId }, storage);
      await fill(mesh, MANY);
      await mesh.clear();
      expect(await system.keys()).toEqual(["zzz"]);
    });

    it("sweeps many items in several commits", async ({ mesh, tenantId }) => {
      await fill(mesh, MANY, "1m");
      world.clock.advance("1m");
      expect(await mesh.stats()).toMatchObject({ items: 0, expired: MANY, topics: 0 });
      expect(await mesh.sweep()).toBe(MANY);
      const log = await readLog(world.storage, tenantId);
      const swept = log.flatMap(({ change }) => (change.type === "expire" ? [change.key] : []));
      expect([swept.length, new Set(swept).size]).toEqual([MANY, MANY]);
      expect(await mesh.stats()).toMatchObject({ items: 0, expired: 0, topics: 0 });
    });

    it("drops many items while others write, and accepts the next write at once", async () => {
      const { mesh, ann, tenantId } = world.team();
      await fill(mesh, 1_200);
      const handles = await world.handles();
      const drops = handles.map((storage) => storage.dropTenant({ tenantId }));
      const writes = handles.map(async (storage, n) => {
        const { system } = world.team({ tenantId }, storage);
        for (let i = 0; i < 20; i++) await system.push(`new ${n} ${i}`, i, { global: true });
      });
      await Promise.all([...drops, ...writes]);
      const keys = await mesh.system.keys();
      expect(keys.filter((key) => key.startsWith("item"))).toEqual([]);
      const log = await readLog(world.storage, tenantId);
      const logged = log.flatMap(({ change }) => (change.type === "put" ? [change.key] : []));
      expect(logged.toSorted()).toEqual(keys.toSorted());
      expect(await world.registry().drop(tenantId)).toBe(true);
      await ann.push("new", 1, { global: true });
      expect(await mesh.stats()).toMatchObject({ revision: 1, items: 1, topics: 0, logEntries: 1 });
    });

    it.each<[string, (mesh: ContextMesh) => Promise<unknown>]>([
      ["swept", (mesh) => mesh.sweep()],
      ["pushed again", (mesh) => mesh.system.push("hot", "new", { global: true })],
    ])("erases the values of a long history when its key is %s", async (_, remove) => {
      const { mesh, tenantId } = world.team();
      const route = { topics: [], subscribers: [], global: true };
      const put = { type: "put", key: "hot", route, routeIfNew: undefined } as const;
      const commits = times(2_100, (n): Commit => {
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
  },
  pastSubscriptions(world, it) {
    it("clears many items in several commits", async ({ mesh, bea, tenantId }) => {
      await bea.subscribe(["t"]);
      await fill(mesh, MANY);
      const { revision } = await mesh.stats();
      const feed = await new Feed(bea.watch({ buffer: 1_000 })).started();
      expect(await mesh.clear()).toBe(MANY);
      const deleted = await feed.drain(mesh);
      expect(new Set(deleted).size).toBe(MANY);
      expect(deleted.every((line) => line.startsWith("delete item "))).toBe(true);
      const positions = (await readLog(world.storage, tenantId)).map(({ position }) => position);
      expect(new Set(positions.filter((position) => position > revision)).size).toBeGreaterThan(2);
      expect(await mesh.stats()).toMatchObject({ items: 1, topics: 1, agents: 1 });
      expect(await mesh.clear()).toBe(1);
      expect(await mesh.clear()).toBe(0);
    });
  },
});
