import { expect } from "vitest";
import type { Lease } from "@syntha/core";
import { rejects, rule, waitFor, type World } from "../harness/index.ts";

/** Ann's task, claimed by Worker. */
async function claimTask(world: World): Promise<ReturnType<World["team"]> & { lease: Lease }> {
  const team = world.team();
  await team.worker.subscribe(["work"]);
  await team.ann.push("task", 1, { topics: ["work"], subscribers: ["Bea"] });
  return { ...team, lease: (await team.worker.claim({ key: "task" }, { lease: "1h" }))! };
}

const MESSAGE = "The system released it before the attempt was finished.";

export const systemRelease = rule("R13 Leases that the system releases", {
  core(world, it) {
    it("rejects an item that is missing, expired or not claimed", async ({ ann, system }) => {
      await rejects(system.release("task"), "NOT_FOUND");
      const { revision } = await ann.push("task", 1, { global: true, ttl: "1h" });
      const { details } = await rejects(system.release("task"), "CONFLICT");
      expect(details).toEqual({ key: "task", revision });
      await ann.claim({ key: "task" }, { lease: "1m" });
      world.clock.advance("1m");
      await rejects(system.release("task"), "CONFLICT");
      await ann.claim({ key: "task" }, { lease: "2h" });
      world.clock.advance("1h");
      await rejects(system.release("task"), "NOT_FOUND");
    });

    it("rejects bad options", async () => {
      const { system } = await claimTask(world);
      for (const options of [{ agent: "system" }, { agent: "" }, { error: 5 }, { maxAttempts: 0 }])
        await rejects(system.release("task", options), "INVALID_ARGUMENTS");
      await rejects(system.release("task", { token: "1" } as object), "INVALID_ARGUMENTS");
      expect((await system.leases()).leases).toHaveLength(1);
    });

    it("aborts the signal of the lease", async () => {
      const { lease, system } = await claimTask(world);
      expect(lease.signal.aborted).toBe(false);
      await system.release("task");
      await waitFor("the signal is aborted", () => lease.signal.aborted);
    });

    it("stops a handler of work, which then gets the item again", async () => {
      const { ann, worker, system } = world.team();
      await ann.push("task", 1, { subscribers: ["Worker"] });
      const attempts: number[] = [];
      const end = new AbortController();
      const working = worker.work(
        { inbox: true },
        async (_, { attempt, signal }) => {
          attempts.push(attempt);
          if (attempt === 1) await waitFor("the lease is lost", () => signal.aborted);
          else end.abort();
        },
        { signal: end.signal },
      );
      await waitFor("the handler runs", () => attempts.length === 1);
      await system.release("task");
      await working;
      expect(attempts).toEqual([1, 2]);
      expect(await ann.getItem("task")).toBeUndefined();
    });
  },
  storage(world, it) {
    it("opens the item for others at once, and counts the attempt", async () => {
      const { ann, bea, system, worker, lease } = await claimTask(world);
      world.clock.advance("5s");
      const at = new Date(world.clock());
      const released = { agent: "Worker", attempt: 1, failed: false };
      expect(await system.release("task")).toEqual(released);
      expect((await system.leases()).leases).toEqual([]);
      expect(await ann.getItem("task")).toMatchObject({
        state: "open",
        value: 1,
        attempts: 1,
        author: "Ann",
        lastFailure: { message: MESSAGE, agent: "Worker", at, attempt: 1 },
      });
      const again = await bea.claim({ key: "task" });
      expect([again?.attempt, again!.token > lease.token]).toEqual([2, true]);
      await rejects(worker.lease("task", lease.token).complete("late"), "STALE_TOKEN");
      await again?.complete("done");
      expect(await ann.get("task")).toBe("done");
    });

    it("is logged as a release by the system", async () => {
      const { system } = await claimTask(world);
      await system.release("task");
      const { entries } = await system.log({ key: "task" });
      const last = { type: "lease", lease: undefined, actor: undefined };
      expect(entries.at(-1)).toMatchObject(last);
      expect((await system.history("task")).at(-1)).toMatchObject({
        type: "lease",
        state: "open",
        actor: undefined,
      });
    });

    it("records a reason, delays the item, and takes the attempt back", async () => {
      const { bea, system, lease } = await claimTask(world);
      await system.release("task", { error: new Error("It is stuck."), retryIn: "1m" });
      expect(await bea.claim({ key: "task" })).toBeUndefined();
      world.clock.advance("1m");
      const second = await bea.claim({ key: "task" });
      expect(second?.item.lastFailure).toMatchObject({ message: "It is stuck.", agent: "Worker" });
      expect(await system.release("task", { countAttempt: false })).toMatchObject({ attempt: 2 });
      const item = await bea.getItem("task");
      expect([item?.attempts, item?.lastFailure?.message]).toEqual([1, "It is stuck."]);
      await rejects(lease.extend("1m"), "STALE_TOKEN");
    });

    it("fails the item after its last attempt", async () => {
      const { bea, system } = await claimTask(world);
      expect(await system.release("task", { maxAttempts: 1 })).toMatchObject({ failed: true });
      expect(await bea.getItem("task")).toMatchObject({
        state: "failed",
        lastFailure: { message: MESSAGE, agent: "Worker", attempt: 1 },
      });
    });

    it("releases a lease of the named agent only", async () => {
      const { bea, system } = await claimTask(world);
      await rejects(system.release("task", { agent: "Bea" }), "CONFLICT");
      expect(await system.release("task", { agent: "Worker" })).toMatchObject({ agent: "Worker" });
      await bea.claim({ key: "task" });
      await rejects(system.release("task", { agent: "Worker" }), "CONFLICT");
      expect((await system.leases()).leases).toMatchObject([{ key: "task", agent: "Bea" }]);
      await system.release("task");
      await system.claim({ key: "task" });
      expect(await system.release("task")).toMatchObject({ agent: undefined, attempt: 3 });
    });
  },
});
