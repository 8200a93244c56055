import { expect } from "vitest";
import { isSynthaError } from "@syntha/core";
import { rejects, rule, tenantSnapshot, times } from "../harness/index.ts";

/** Number of winners, and the revisions in the conflicts of the others. */
async function settle(
  calls: readonly Promise<unknown>[],
): Promise<{ won: number; conflicts: unknown[] }> {
  const settled = await Promise.allSettled(calls);
  const conflicts: unknown[] = [];
  for (const each of settled) {
    if (each.status === "fulfilled") continue;
    if (!isSynthaError(each.reason, "CONFLICT")) throw each.reason;
    conflicts.push(each.reason.details.revision);
  }
  return { won: calls.length - conflicts.length, conflicts };
}

export const compareAndSet = rule("R10 Compare-and-set", {
  core(world, it) {
    it("reports revision 0 for a missing key", async ({ ann }) => {
      const push = ann.push("it", 1, { global: true, ifRevision: 3 });
      await rejects(push, "CONFLICT", { key: "it", revision: 0 });
      const deletion = ann.delete("it", { ifRevision: 3 });
      await rejects(deletion, "CONFLICT", { key: "it", revision: 0 });
    });

    it("retries an update after a concurrent write", async ({ ann }) => {
      await ann.push("it", 1, { topics: ["t"], ttl: "1h" });
      const seen: unknown[] = [];
      const change = async (old: number | undefined): Promise<number> => {
        seen.push(old);
        if (seen.length === 1) await ann.push("it", 10, { ttl: "2h" });
        return old! + 1;
      };
      const { value } = await ann.update<number>("it", change, { global: true });
      expect([seen, value]).toEqual([[1, 10], 11]);
      const item = (await ann.getItem("it"))!;
      expect([item.topics, item.expiresAt?.getTime()]).toEqual([["t"], world.clock() + 7_200_000]);
    });

    it("changes nothing when an update fails or aborts", async ({ mesh, ann }) => {
      await ann.push("it", 1, { global: true });
      const failing = ann.update("it", () => {
        throw new Error("mine");
      });
      await expect(failing).rejects.toThrow("mine");
      const signal = AbortSignal.abort();
      await rejects(
        ann.update("it", () => 2, { signal }),
        "ABORTED",
      );
      expect([await ann.get("it"), (await mesh.stats()).revision]).toEqual([1, 1]);
    });

    it.for([-1, 1.5, Number.NaN, "1", null, 2 ** 53, true])(
      "rejects %j as a revision and changes nothing",
      async (revision, { ann, tenantId }) => {
        await ann.push("it", 1, { global: true });
        const before = await tenantSnapshot(world.storage, tenantId);
        const ifRevision = revision as number;
        await rejects(ann.push("it", 2, { ifRevision }), "INVALID_ARGUMENTS");
        await rejects(ann.delete("it", { ifRevision }), "INVALID_ARGUMENTS");
        expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
      },
    );
  },
  storage(world, it) {
    it("writes only if the revision matches", async ({ ann }) => {
      const first = await ann.push("it", 1, { global: true });
      const second = await ann.push("it", 2, { ifRevision: first.revision });
      const error = await rejects(ann.push("it", 3, { ifRevision: first.revision }), "CONFLICT");
      expect(error.details).toEqual({ key: "it", revision: second.revision });
      expect(error.retryable).toBe(false);
      expect(await ann.get("it")).toBe(2);
    });

    it("creates with revision 0 only if the key is free", async ({ ann }) => {
      const { revision, created } = await ann.push("it", 1, { global: true, ifRevision: 0 });
      expect([created, (await ann.getItem("it"))?.revision]).toEqual([true, revision]);
      const again = ann.push("it", 2, { global: true, ifRevision: 0 });
      expect((await rejects(again, "CONFLICT")).details.revision).toBe(revision);
    });

    it("deletes only if the revision matches", async ({ ann }) => {
      const { revision } = await ann.push("it", 1, { global: true });
      await rejects(ann.delete("it", { ifRevision: revision + 1 }), "CONFLICT", {
        key: "it",
        revision,
      });
      expect(await ann.delete("it", { ifRevision: revision })).toBe(true);
      expect(await ann.delete("it", { ifRevision: 0 })).toBe(false);
    });

    it("only increases revisions, across deletion and expiry", async ({ mesh, ann }) => {
      const revisions: number[] = [];
      const push = async (ttl?: "1s"): Promise<void> => {
        revisions.push((await ann.push("it", 1, { topics: ["t", "u"], ttl })).revision);
      };
      await push();
      await push();
      await ann.delete("it");
      await push("1s");
      world.clock.advance("1s");
      await push("1s");
      world.clock.advance("1s");
      await mesh.sweep();
      await push();
      await mesh.deleteTopic("t");
      revisions.push((await ann.getItem("it"))!.revision);
      await push();
      await mesh.clear();
      await push();
      const lease = await ann.claim({ key: "it" });
      revisions.push((await lease!.complete("done")).revision!);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    });

    it("keeps the revision on claim, extend and release", async ({ ann }) => {
      const { revision } = await ann.push("it", 1, { global: true });
      const lease = await ann.claim({ key: "it" });
      await lease?.extend("1m");
      await lease?.release();
      expect((await ann.getItem("it"))?.revision).toBe(revision);
      await ann.push("it", 2, { ifRevision: revision });
    });
  },
  wrapper(world, it) {
    it("lets exactly one of many concurrent writers win", async () => {
      const meshes = await world.meshes({}, 2);
      const { revision } = await meshes[0]!.system.push("it", "start", { global: true });
      for (let at = revision, round = 0; round < 5; round++) {
        const calls = times(24, (n) => {
          const agent = meshes[n % meshes.length]!.agent(`racer ${n}`);
          return agent.push("it", { round, n }, { ifRevision: at });
        });
        const { won, conflicts } = await settle(calls);
        const item = (await meshes[0]!.system.getItem<{ n: number }>("it"))!;
        expect([won, new Set(conflicts)]).toEqual([1, new Set([item.revision])]);
        expect(item.author).toBe(`racer ${item.value.n}`);
        expect(item.revision).toBeGreaterThan(at);
        at = item.revision;
      }
    });
  },
});
