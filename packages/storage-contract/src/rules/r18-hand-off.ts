import { expect, it } from "vitest";
import type { AgentContext, HandOffOptions, Lease } from "@syntha/core";
import { Feed, rejects, rule, tenantSnapshot, type World } from "../harness/index.ts";

/** Ann's draft on `drafts`, claimed by Worker; Bea is subscribed to `reviews`. */
async function claimDraft(world: World): Promise<ReturnType<World["team"]> & { lease: Lease }> {
  const team = world.team();
  await team.worker.subscribe(["drafts"]);
  await team.bea.subscribe(["reviews"]);
  await team.ann.push("draft", "v1", { topics: ["drafts"], priority: 2, ttl: "1h" });
  return { ...team, lease: (await team.worker.claim({ topic: "drafts" }))! };
}

const claimKey = async (agent: AgentContext, topic: string): Promise<string | undefined> =>
  (await agent.claim({ topic }))?.key;

export const handOffs = rule("R18 Hand-offs", {
  core(world) {
    it.each<[string, string, HandOffOptions]>([
      ["an empty route", "INVALID_ROUTE", { topics: [] }],
      ["a forbidden route", "FORBIDDEN", { topics: ["closed"] }],
      ["an invalid priority", "INVALID_ARGUMENTS", { priority: 11 }],
      ["an event without a route", "ROUTE_REQUIRED", { events: [{ type: "x", data: 1 }] }],
      ["a push without a route", "ROUTE_REQUIRED", { push: [{ key: "new", value: 1 }] }],
      ["a push to its own key", "INVALID_ARGUMENTS", { push: [{ key: "draft", value: 1 }] }],
      [
        "two pushes to one key",
        "INVALID_ARGUMENTS",
        { push: ["new", "new"].map((key) => ({ key, value: 1, topics: ["drafts"] })) },
      ],
      ["pushes that are no list", "INVALID_ARGUMENTS", { push: {} as never }],
    ])("a rejection for %s changes nothing and keeps the lease", async (_, code, options) => {
      const { mesh, lease, tenantId } = await claimDraft(world);
      await mesh.setPermissions("Worker", { post: ["drafts"], subscribe: ["drafts"] });
      const before = await tenantSnapshot(world.storage, tenantId);
      await rejects(lease.handOff("v2", options), code as "FORBIDDEN");
      if (options.priority === undefined)
        await rejects(lease.complete("v2", options), code as "FORBIDDEN");
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
      expect(lease.settled).toBe(false);
    });
  },
  storage(world) {
    it("replaces value and route in one commit and leaves the item open", async () => {
      const { lease, ann, bea, worker } = await claimDraft(world);
      const { revision, topicsWithoutSubscribers, pushed } = await lease.handOff("v2", {
        topics: ["reviews", "silent"],
      });
      expect([topicsWithoutSubscribers, pushed]).toEqual([["silent"], []]);
      expect(lease.settled).toBe(true);
      expect(await ann.getItem("draft")).toMatchObject({
        value: "v2",
        topics: ["reviews", "silent"],
        owner: "Ann",
        author: "Worker",
        state: "open",
        attempts: 0,
        priority: 2,
        expiresAt: undefined,
        revision,
      });
      expect(await worker.claim({ topic: "drafts" })).toBeUndefined();
      expect((await bea.claim({ topic: "reviews" }))?.attempt).toBe(1);
    });

    it("keeps the route without one, at the end of its queues", async () => {
      const { lease, ann, worker } = await claimDraft(world);
      await ann.push("other", 1, { topics: ["drafts"], priority: 2 });
      await lease.handOff("v2", { ttl: "keep" });
      expect((await ann.getItem("draft"))?.expiresAt).toEqual(new Date(world.clock() + 3_600_000));
      expect([await claimKey(worker, "drafts"), await claimKey(worker, "drafts")]).toEqual([
        "other",
        "draft",
      ]);
    });

    it("sets priority and start of the next stage", async () => {
      const { lease, bea } = await claimDraft(world);
      await lease.handOff("v2", { topics: ["reviews"], priority: -5, notBefore: "1m" });
      expect(await bea.claim({ topic: "reviews" })).toBeUndefined();
      world.clock.advance("1m");
      expect((await bea.claim({ topic: "reviews" }))?.item.priority).toBe(-5);
    });

    it("publishes and pushes in the same commit", async () => {
      const { lease, ann, bea } = await claimDraft(world);
      const { revision, pushed } = await lease.handOff("v2", {
        topics: ["reviews"],
        events: [{ type: "drafted", data: 1, topics: ["reviews"] }],
        push: [
          { key: "task", value: 1, topics: ["reviews"], priority: 9, ttl: "1m" },
          { key: "sum", value: 2, topics: ["silent"], dependsOn: ["task", "draft"] },
        ],
      });
      expect(pushed).toEqual([
        {
          key: "task",
          revision,
          created: true,
          topicsWithoutSubscribers: [],
          unknownSubscribers: [],
          expiresAt: new Date(world.clock() + 60_000),
        },
        {
          key: "sum",
          revision,
          created: true,
          topicsWithoutSubscribers: ["silent"],
          unknownSubscribers: [],
          expiresAt: undefined,
        },
      ]);
      expect((await bea.events()).events).toMatchObject([{ type: "drafted", author: "Worker" }]);
      expect(await ann.getItem("sum")).toBeUndefined();
      expect(await claimKey(bea, "reviews")).toBe("task");
    });

    it("pushes what follows in the commit of a completion", async () => {
      const { lease, ann, worker } = await claimDraft(world);
      const { revision, pushed } = await lease.complete("v2", {
        push: [{ key: "task", value: 1, topics: ["drafts"], dependsOn: ["draft"] }],
      });
      expect(pushed).toMatchObject([{ key: "task", revision, created: true }]);
      expect(await ann.getItem("draft")).toMatchObject({ state: "done", value: "v2" });
      expect(await claimKey(worker, "drafts")).toBe("task");
    });

    it("is refused by a token that has ended", async () => {
      const { lease, ann, worker } = await claimDraft(world);
      const handle = worker.lease("draft", lease.token);
      await handle.handOff("v2", { topics: ["drafts"] });
      await rejects(lease.handOff("v3"), "STALE_TOKEN");
      await rejects(handle.complete("v3"), "STALE_TOKEN");
      expect(await ann.get("draft")).toBe("v2");
    });

    it("counts what it writes towards a quota", async () => {
      const { ann, worker } = world.team({ limits: { agent: { bytes: 100 } } });
      await ann.push("draft", 1, { subscribers: ["Worker"] });
      const lease = (await worker.claim({ key: "draft" }))!;
      await rejects(lease.handOff("x".repeat(200)), "LIMIT_EXCEEDED");
      const push = [{ key: "long", value: "x".repeat(200), global: true }];
      await rejects(lease.complete("done", { push }), "LIMIT_EXCEEDED");
      await lease.handOff("short");
      await (await worker.claim({ key: "draft" }))!.complete("x".repeat(200));
      expect(await ann.get("draft")).toHaveLength(200);
    });
  },
  pastSubscriptions(world) {
    it("is shown to those who gain and who lose the item", async () => {
      const { mesh, lease, bea, worker } = await claimDraft(world);
      const [gains, loses] = [new Feed(bea.watch()), new Feed(worker.watch())];
      await lease.handOff("v2", { topics: ["reviews"] });
      expect(await gains.drain(mesh)).toEqual(['put draft="v2"']);
      expect(await loses.drain(mesh)).toContain("hide draft");
    });
  },
});
