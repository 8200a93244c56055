import { expect, it } from "vitest";
import { isSynthaError } from "@syntha/core";
import { tenantSnapshot } from "../harness/tenant-snapshot.ts";
import type { StorageContract } from "../contract.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

/** How many won, and what the others were told. */
async function settle(
  calls: readonly Promise<unknown>[],
): Promise<{ won: number; told: unknown[] }> {
  const settled = await Promise.allSettled(calls);
  const told: unknown[] = [];
  for (const each of settled) {
    if (each.status === "fulfilled") continue;
    if (!isSynthaError(each.reason, "CONFLICT")) throw each.reason;
    told.push(each.reason.details.revision);
  }
  return { won: calls.length - told.length, told };
}

export function compareAndSet(contract: StorageContract): void {
  rule(contract, "R10 Compare-and-set", (world) => {
    it("writes only on the revision that is named", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const first = await ann.push("it", 1, { global: true });
      const second = await ann.push("it", 2, { ifRevision: first.revision });
      const error = await rejects(ann.push("it", 3, { ifRevision: first.revision }), "CONFLICT");
      expect(error.details).toEqual({ key: "it", revision: second.revision });
      expect(error.retryable).toBe(false);
      expect(await ann.get("it")).toBe(2);
    });

    it("writes with revision 0 only where nothing is", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const { revision, created } = await ann.push("it", 1, { global: true, ifRevision: 0 });
      expect([created, (await ann.getItem("it"))?.revision]).toEqual([true, revision]);
      const again = ann.push("it", 2, { global: true, ifRevision: 0 });
      expect((await rejects(again, "CONFLICT")).details.revision).toBe(revision);
    });

    it("tells revision 0 of what is not there", async () => {
      const mesh = world.mesh();
      const push = mesh.agent("Ann").push("it", 1, { global: true, ifRevision: 3 });
      expect((await rejects(push, "CONFLICT")).details).toEqual({ key: "it", revision: 0 });
      const deletion = mesh.agent("Ann").delete("it", { ifRevision: 3 });
      expect((await rejects(deletion, "CONFLICT")).details).toEqual({ key: "it", revision: 0 });
    });

    it("deletes only on the revision that is named", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const { revision } = await ann.push("it", 1, { global: true });
      const error = await rejects(ann.delete("it", { ifRevision: revision + 1 }), "CONFLICT");
      expect(error.details).toEqual({ key: "it", revision });
      expect(await ann.delete("it", { ifRevision: revision })).toBe(true);
      expect(await ann.delete("it", { ifRevision: 0 })).toBe(false);
    });

    it("lets exactly one of many racers write", async () => {
      const handles = await world.handles();
      const { tenantId } = world.mesh();
      const meshes = [...handles, ...handles].map((storage) => world.mesh({ tenantId }, storage));
      const { revision } = await meshes[0]!.system.push("it", "start", { global: true });
      for (let at = revision, round = 0; round < 5; round++) {
        const calls = Array.from({ length: 24 }, (_, n) => {
          const agent = meshes[n % meshes.length]!.agent(`racer ${n}`);
          return agent.push("it", { round, n }, { ifRevision: at });
        });
        const { won, told } = await settle(calls);
        const item = (await meshes[0]!.system.getItem<{ n: number }>("it"))!;
        expect([won, new Set(told)]).toEqual([1, new Set([item.revision])]);
        expect(item.author).toBe(`racer ${item.value.n}`);
        expect(item.revision).toBeGreaterThan(at);
        at = item.revision;
      }
    });

    it("lets exactly one of many racers create", async () => {
      const handles = await world.handles();
      const { tenantId } = world.mesh();
      const meshes = handles.map((storage) => world.mesh({ tenantId }, storage));
      const calls = Array.from({ length: 24 }, (_, n) =>
        meshes[n % meshes.length]!.agent(`racer ${n}`).push("it", n, {
          global: true,
          ifRevision: 0,
        }),
      );
      const { won } = await settle(calls);
      expect([won, (await meshes[0]!.stats()).revision]).toEqual([1, 1]);
    });

    it("loses no update of many at once", async () => {
      const handles = await world.handles();
      const { tenantId } = world.mesh();
      const meshes = [...handles, ...handles].map((storage) => world.mesh({ tenantId }, storage));
      const calls = Array.from({ length: 40 }, (_, n) =>
        meshes[n % meshes.length]!.agent(`racer ${n}`).update<number[]>(
          "it",
          (old = []) => [...old, n],
          { global: true },
        ),
      );
      await Promise.all(calls);
      const value = (await meshes[0]!.system.get<number[]>("it"))!;
      expect([...value].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    });

    it("lets a revision only grow, also across deletion, expiry and creation", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
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

    it("moves no revision by claiming, extending and giving back", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const { revision } = await ann.push("it", 1, { global: true });
      const lease = await ann.claim({ key: "it" });
      await lease?.extend("1m");
      await lease?.release();
      expect((await ann.getItem("it"))?.revision).toBe(revision);
      await ann.push("it", 2, { ifRevision: revision });
    });

    it("starts an update again when somebody wrote in between, and keeps route and expiry", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
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

    it("changes nothing when the function of an update throws, or its signal ends it", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
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

    it.each([-1, 1.5, Number.NaN, "1", null, 2 ** 53, true])(
      "refuses %j as a revision, and changes nothing",
      async (revision) => {
        const mesh = world.mesh();
        const ann = mesh.agent("Ann");
        await ann.push("it", 1, { global: true });
        const before = await tenantSnapshot(world.storage, mesh.tenantId);
        const ifRevision = revision as number;
        await rejects(ann.push("it", 2, { ifRevision }), "INVALID_ARGUMENTS");
        await rejects(ann.delete("it", { ifRevision }), "INVALID_ARGUMENTS");
        expect(await tenantSnapshot(world.storage, mesh.tenantId)).toEqual(before);
      },
    );
  });
}
