import { expect } from "vitest";
import { type CopyProgress, verifyTenant } from "@syntha/core";
import { rejects, rule, times } from "../harness/index.ts";

export const verifying = rule(
  "R12 Verifying that the log folds to what is stored",
  {
    dump(world, it) {
      it("finds no difference after writes of every kind", async ({ mesh, ann, bea, tenantId }) => {
        const { storage } = world;
        await bea.subscribe(["a", "b"]);
        await ann.announce({ description: "Plans", capabilities: ["plan"] });
        await ann.pushMany(times(20, (n) => ({ key: `k${n}`, value: n, topics: ["a"] })));
        await ann.push("k1", "other", { subscribers: ["Cid"], ttl: "1m" });
        await ann.publish("made", 1, { topics: ["b"], id: "e" });
        const lease = await bea.claim({ topic: "a" });
        await lease?.extend("1h");
        await (await bea.claim({ topic: "a" }))?.complete("done", { topics: ["b"] });
        await (await bea.claim({ topic: "a" }))?.release({ error: "no time" });
        await ann.push("first", 1, { topics: ["a"] });
        await ann.push("then", 1, { topics: ["a"], dependsOn: ["first"] });
        await ann.delete("first");
        await mesh.setPermissions("Bea", { subscribe: ["b"], post: "*" });
        await mesh.deleteTopic("b");
        world.clock.advance("1m");
        await ann.push("k1", "again", { global: true });
        await ann.push("gone", 1, { global: true, ttl: "1m" });
        world.clock.advance("1m");
        const verification = await verifyTenant({ storage, tenantId });
        const { revision: head } = await mesh.stats();
        expect(verification).toMatchObject({ equal: true, head, floor: 0, events: 1 });
        await mesh.sweep();
        expect(await verifyTenant({ storage, tenantId })).toMatchObject({ equal: true });
      });

      it("reports its progress, and ends with its signal", async ({ ann, tenantId }) => {
        const { storage } = world;
        await ann.pushMany(times(1_000, (n) => ({ key: `k${n}`, value: n, global: true })));
        const found: CopyProgress[] = [];
        const onProgress = (progress: CopyProgress): void => void found.push(progress);
        await verifyTenant({ storage, tenantId, onProgress });
        expect(found).toEqual([
          { section: "log", done: 1_000, total: 1_000 },
          { section: "items", done: 1_000, total: 1_000 },
        ]);
        const signal = AbortSignal.abort();
        await rejects(verifyTenant({ storage, tenantId, signal }), "ABORTED");
        await rejects(verifyTenant({ storage, tenantId: "none" }), "NOT_FOUND");
      });

      it("finds no difference while others write", async ({ mesh, ann, tenantId }) => {
        const { storage } = world;
        await ann.pushMany(times(300, (n) => ({ key: `k${n}`, value: n, global: true })));
        const verifying = verifyTenant({ storage, tenantId, batch: 50 });
        for (let n = 0; n < 5; n++) await ann.push("k1", n);
        expect(await verifying).toMatchObject({ equal: true });
        expect((await mesh.stats()).items).toBe(300);
      });
    },
    compaction(world, it) {
      it("finds no difference in a compacted log", async ({ mesh, ann, bea, tenantId }) => {
        await bea.subscribe(["a"]);
        await ann.push("old", 1, { topics: ["a"] });
        await ann.publish("made", 1, { topics: ["a"] });
        await ann.push("new", 1, { topics: ["a"] });
        await bea.claim({ key: "old" });
        await bea.unsubscribe(["a"]);
        for (const commits of [3, 1, 0]) {
          await mesh.compact({ log: { commits }, history: { commits: commits + 1 } });
          const verification = await verifyTenant({ storage: world.storage, tenantId });
          expect(verification).toMatchObject({ equal: true, floor: 6 - commits });
        }
      });
    },
  },
  ["dump"],
);
