import { expect, it } from "vitest";
import type { AgentContext, Lease } from "@syntha/core";
import { rejects, rule, type World } from "../harness/index.ts";

/** Ann's task, claimed by Worker. */
async function claimTask(
  world: World,
): Promise<ReturnType<World["team"]> & { lease: Lease; claimAgain: () => Promise<Lease> }> {
  const team = world.team();
  await team.ann.push("task", 1, { subscribers: ["Worker", "Bea"] });
  const claimAgain = async (): Promise<Lease> => (await team.worker.claim({ key: "task" }))!;
  return { ...team, claimAgain, lease: await claimAgain() };
}

const failureOf = async (agent: AgentContext): Promise<unknown> =>
  (await agent.getItem("task"))?.lastFailure;

export const failures = rule("R18 Failures", {
  core(world) {
    it("rejects an error that is neither an error nor a text", async () => {
      const { lease } = await claimTask(world);
      for (const error of [5, null, {}, []])
        await rejects(lease.release({ error }), "INVALID_ARGUMENTS");
      expect(lease.settled).toBe(false);
    });

    it("lets the owner and the system retry a failed item", async () => {
      const { lease, ann, bea, dov, worker, system, claimAgain } = await claimTask(world);
      const { details } = await rejects(ann.retry("task"), "CONFLICT");
      expect(details).toEqual({ key: "task", revision: 1 });
      await lease.release({ maxAttempts: 1 });
      await rejects(bea.retry("task"), "NOT_OWNER");
      await rejects(worker.retry("task"), "NOT_OWNER");
      await rejects(dov.retry("task"), "NOT_FOUND");
      await rejects(ann.retry("none"), "NOT_FOUND");
      await ann.retry("task");
      await rejects(ann.retry("task"), "CONFLICT");
      await (await claimAgain()).release({ maxAttempts: 1 });
      await system.retry("task");
      await (await claimAgain()).complete("done");
      await rejects(ann.retry("task"), "CONFLICT");
    });
  },
  storage(world) {
    it.each<[string, unknown, string]>([
      ["an error", new TypeError("No such page."), "No such page."],
      ["a text", "No such page.", "No such page."],
      ["an error of another realm", { message: "No such page." }, "No such page."],
      ["a long text", "\u{1F98A}".repeat(600), "\u{1F98A}".repeat(500)],
    ])("keeps %s as the reason of a failed attempt", async (_, error, message) => {
      const { lease, ann } = await claimTask(world);
      expect(await failureOf(ann)).toBeUndefined();
      world.clock.advance("5s");
      await lease.release({ error });
      const at = new Date(world.clock());
      expect(await failureOf(ann)).toEqual({ message, agent: "Worker", at, attempt: 1 });
    });

    it("keeps that a lease ended by itself when a topic of the item is deleted", async () => {
      const { ann, worker, mesh } = world.team();
      await ann.push("task", 1, { topics: ["t"], subscribers: ["Worker"] });
      await worker.claim({ key: "task" }, { lease: "1m" });
      world.clock.advance("1m");
      await mesh.deleteTopic("t");
      expect((await worker.claim({ key: "task" }))?.item.lastFailure).toMatchObject({
        message: "The lease ended before the attempt was finished.",
        agent: "Worker",
        attempt: 1,
      });
    });

    it("keeps the reason until the item is done, pushed or handed off", async () => {
      const { lease, ann, claimAgain } = await claimTask(world);
      await lease.release({ error: "first" });
      const second = await claimAgain();
      expect(second.item.lastFailure).toMatchObject({ message: "first", attempt: 1 });
      await second.release();
      expect(await failureOf(ann)).toMatchObject({ message: "first", attempt: 1 });
      await (await claimAgain()).handOff(2);
      expect(await failureOf(ann)).toBeUndefined();
      await (await claimAgain()).release({ error: "next" });
      await ann.push("task", 3);
      expect(await ann.getItem("task")).toMatchObject({ attempts: 0, lastFailure: undefined });
      await (await claimAgain()).release({ error: "last" });
      await (await claimAgain()).complete("done");
      expect(await failureOf(ann)).toBeUndefined();
    });

    it("names the holder of a lease that ended by itself", async () => {
      const { lease, ann, bea, tenantId } = await claimTask(world);
      const end = lease.expiresAt;
      world.clock.advance("1h");
      const again = await bea.claim({ key: "task" }, { lease: "1s" });
      const message = "The lease ended before the attempt was finished.";
      const failure = { message, agent: "Worker", at: end, attempt: 1 };
      expect(again?.item.lastFailure).toEqual(failure);
      expect(await failureOf(ann)).toEqual(failure);
      world.clock.advance("1s");
      expect(await bea.claim({ key: "task" }, { maxAttempts: 2 })).toBeUndefined();
      expect(await ann.getItem("task")).toMatchObject({
        state: "failed",
        lastFailure: { message, agent: "Bea", attempt: 2 },
      });
      expect((await world.storage.stats(tenantId)).items).toBe(1);
    });

    it("lists failed items with the reason", async () => {
      const { lease, ann } = await claimTask(world);
      await ann.push("other", 1, { global: true });
      expect(await lease.release({ maxAttempts: 1, error: "broken" })).toEqual({ failed: true });
      const { items } = await ann.list({ state: "failed" });
      expect(items).toMatchObject([
        { key: "task", attempts: 1, lastFailure: { message: "broken", agent: "Worker" } },
      ]);
    });

    it("makes a failed item ready again with its reason and no attempts", async () => {
      const { lease, ann, worker } = await claimTask(world);
      await ann.push("other", 1, { subscribers: ["Worker"] });
      await lease.release({ maxAttempts: 1, error: "broken" });
      const { revision } = await ann.retry("task");
      expect(await ann.getItem("task")).toMatchObject({
        revision,
        state: "open",
        attempts: 0,
        value: 1,
        author: "Ann",
        lastFailure: { message: "broken" },
      });
      // At the end of its queues.
      const keys = [await worker.claim({ inbox: true }), await worker.claim({ inbox: true })];
      expect(keys.map((claimed) => claimed?.key)).toEqual(["other", "task"]);
    });

    it("stores what a handler of work throws", async () => {
      const { ann, worker } = world.team();
      await ann.push("task", 1, { subscribers: ["Worker"] });
      const end = new AbortController();
      await worker.work(
        { inbox: true },
        () => {
          throw new RangeError("Too far.");
        },
        { maxAttempts: 1, signal: end.signal, onError: () => end.abort() },
      );
      expect(await ann.getItem("task")).toMatchObject({
        state: "failed",
        lastFailure: { message: "Too far.", agent: "Worker", attempt: 1 },
      });
    });
  },
});
