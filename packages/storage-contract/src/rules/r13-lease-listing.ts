import { expect } from "vitest";
import type { ContextMesh, LeaseFilter, Page } from "@syntha/core";
import { rejects, rule } from "../harness/index.ts";

async function held(mesh: ContextMesh, filter: LeaseFilter = {}): Promise<unknown[]> {
  const { leases } = await mesh.system.leases(filter);
  return leases.map(({ key, agent }) => [key, agent]);
}

export const leaseListing = rule("R13 Leases as the system lists them", {
  storage(world, it) {
    it("lists who holds which item, and until when", async ({ mesh, ann, bea, system }) => {
      await bea.subscribe(["work"]);
      await ann.pushMany(
        ["a", "b", "c", "d"].map((key) => ({ key, value: key, topics: ["work"] })),
      );
      const first = await bea.claim({ key: "b" }, { lease: "1m" });
      await ann.claim({ key: "c" }, { lease: "2m" });
      await system.claim({ key: "d" }, { lease: "3m" });
      const { leases, at, nextPage } = await system.leases();
      const now = world.clock();
      expect(leases).toEqual([
        { key: "b", agent: "Bea", until: new Date(now + 60_000), attempts: 1 },
        { key: "c", agent: "Ann", until: new Date(now + 120_000), attempts: 1 },
        { key: "d", agent: undefined, until: new Date(now + 180_000), attempts: 1 },
      ]);
      expect([at.getTime(), nextPage]).toEqual([now, undefined]);
      world.clock.advance("30s");
      await first?.extend("1m");
      expect((await system.leases()).leases[0]?.until).toEqual(new Date(now + 90_000));
      await first?.release({ error: "no time" });
      expect(await held(mesh)).toEqual([
        ["c", "Ann"],
        ["d", undefined],
      ]);
      world.clock.advance("2m");
      expect(await held(mesh)).toEqual([["d", undefined]]);
      await ann.delete("d");
      expect(await held(mesh)).toEqual([]);
    });

    it("selects by topic, prefix and agent, page by page", async ({ mesh, ann, bea, system }) => {
      const keys = Array.from({ length: 9 }, (_, n) => `task:${n}`);
      await ann.pushMany(keys.map((key) => ({ key, value: 0, global: true })));
      await ann.push("other", 0, { topics: ["work"] });
      for (const [n, key] of keys.entries()) await (n % 3 === 0 ? ann : bea).claim({ key });
      await ann.claim({ key: "other" });
      expect(await held(mesh, { topics: ["work"] })).toEqual([["other", "Ann"]]);
      expect(await held(mesh, { prefix: "task:", agent: "Ann" })).toEqual(
        ["task:0", "task:3", "task:6"].map((key) => [key, "Ann"]),
      );
      expect(await held(mesh, { agent: "Cid" })).toEqual([]);
      for (const agent of [undefined, "Ann", "Bea"]) {
        for (const limit of [1, 2, 4, 100]) {
          const found: string[] = [];
          for (let page: Page | undefined; ;) {
            const { leases, nextPage } = await system.leases({ agent, limit, page });
            expect(leases.length).toBeLessThanOrEqual(limit);
            found.push(...leases.map(({ key }) => key));
            if ((page = nextPage) === undefined) break;
          }
          expect(found).toEqual((await system.leases({ agent })).leases.map(({ key }) => key));
        }
      }
      await rejects(mesh.system.leases({ agent: "system" }), "INVALID_ARGUMENTS");
    });

    it("shows an agent only that an item is claimed", async ({ ann, bea }) => {
      await ann.push("it", 1, { global: true });
      await ann.claim({ key: "it" });
      const { items } = await bea.list();
      expect(items[0]?.state).toBe("claimed");
      expect(JSON.stringify([items, await bea.getItem("it")])).not.toContain("lease");
    });
  },
});
