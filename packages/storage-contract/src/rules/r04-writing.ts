import { expect } from "vitest";
import type { AgentContext, ContextMesh, RouteInput } from "@syntha/core";
import { rejects, rule, tenantSnapshot } from "../harness/index.ts";

/** Every way to write a key that holds a hidden item. */
const WRITES: Readonly<Record<string, (agent: AgentContext) => Promise<unknown>>> = {
  push: (agent) => agent.push("hidden", 2),
  "push with a route": (agent) => agent.push("hidden", 2, { global: true }),
  "push with its own route": (agent) => agent.push("hidden", 2, { subscribers: ["Bea"] }),
  "push if absent": (agent) => agent.push("hidden", 2, { global: true, ifRevision: 0 }),
  "push on its revision": (agent) => agent.push("hidden", 2, { ifRevision: 1 }),
  "push on another revision": (agent) => agent.push("hidden", 2, { ifRevision: 99 }),
  "push to a forbidden topic": (agent) => agent.push("hidden", 2, { topics: ["no"] }),
  batch: (agent) =>
    agent.pushMany([
      { key: "free", value: 1, topics: ["yes"] },
      { key: "hidden", value: 2 },
    ]),
  update: (agent) => agent.update("hidden", () => 2, { topics: ["yes"] }),
};

async function pushHiddenItem(mesh: ContextMesh): Promise<void> {
  await mesh.agent("Ann").push("hidden", 1, { subscribers: ["Bea"] });
}

export const writing = rule("R4 Writing", {
  core(world, it) {
    it.for<[string, RouteInput]>([
      ["another route", { topics: ["other"] }],
      ["a wider route", { topics: ["a", "b", "c"], subscribers: ["Bea"] }],
      ["a narrower route", { topics: ["a", "b"] }],
      ["everyone", { global: true }],
    ])("rejects %s for an item of another agent", async ([, route], { ann, bea, tenantId }) => {
      await ann.push("it", 1, { topics: ["a", "b"], subscribers: ["Bea"] });
      const before = await tenantSnapshot(world.storage, tenantId);
      await rejects(bea.push("it", 2, route), "NOT_OWNER", { key: "it" });
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });

    it.for<[string, RouteInput]>([
      ["the same route", { topics: ["a", "b"], subscribers: ["Bea"] }],
      ["the same route in another order", { subscribers: ["Bea"], topics: ["b", "a"] }],
      ["the same route with duplicates", { topics: ["a", "b", "a"], subscribers: ["Bea"] }],
    ])("accepts %s as no change of route", async ([, route], { ann, bea, system }) => {
      await ann.push("it", 1, { topics: ["a", "b"], subscribers: ["Bea"] });
      await bea.push("it", 2, route);
      const { value, owner, author, topics } = (await system.getItem("it"))!;
      expect([value, owner, author, topics]).toEqual([2, "Ann", "Bea", ["a", "b"]]);
    });

    it("keeps the owner when the system writes a value", async ({ ann, system }) => {
      await ann.push("it", 1, { global: true });
      await system.push("it", 2);
      const item = await system.getItem("it");
      expect([item?.owner, item?.author]).toEqual(["Ann", undefined]);
    });

    it.each(Object.keys(WRITES))("%s on a hidden key rejects with KEY_TAKEN only", async (way) => {
      const { mesh, dov, tenantId } = world.team();
      await pushHiddenItem(mesh);
      await mesh.setPermissions("Dov", { post: ["yes"] });
      const before = await tenantSnapshot(world.storage, tenantId);
      const error = await rejects(WRITES[way]!(dov), "KEY_TAKEN");
      expect(error.details).toEqual({ key: "hidden" });
      expect(JSON.stringify(error)).not.toMatch(/Ann|Bea|revision/);
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });
  },
  storage(world, it) {
    it("lets any agent create and own a free key", async ({ ann, system }) => {
      await ann.push("it", 1, { topics: ["news"] });
      await system.push("ours", 1, { topics: ["news"] });
      const item = await ann.getItem("it");
      expect([item?.owner, item?.author]).toEqual(["Ann", "Ann"]);
      const ours = await system.getItem("ours");
      expect([ours?.owner, ours?.author]).toEqual([undefined, undefined]);
    });

    it("replaces a visible value and keeps route and owner", async ({ ann, bea, system }) => {
      await ann.push("it", 1, { topics: ["news"], subscribers: ["Bea"] });
      const before = await system.getItem("it");
      world.clock.advance("1s");
      const { created } = await bea.push("it", 2);
      const after = await system.getItem("it");
      expect(created).toBe(false);
      expect(after).toEqual({
        ...before,
        value: 2,
        author: "Bea",
        revision: after?.revision,
        updatedAt: new Date(world.clock()),
      });
    });

    it("lets only the owner and the system delete", async ({ ann, bea, system }) => {
      await ann.push("one", 1, { global: true });
      await ann.push("two", 1, { global: true });
      await bea.push("one", 2);
      await rejects(bea.delete("one"), "NOT_OWNER");
      expect(await ann.delete("one")).toBe(true);
      expect(await system.delete("two")).toBe(true);
      expect(await system.keys()).toEqual([]);
      expect(await ann.delete("one")).toBe(false);
    });

    it("makes the re-routing actor the owner", async ({ ann, system }) => {
      await ann.push("it", 1, { subscribers: ["Bea"] });
      await system.push("it", 2, { global: true });
      await rejects(ann.delete("it"), "NOT_OWNER");
      await rejects(ann.push("it", 3, { topics: ["x"] }), "NOT_OWNER");
      expect((await ann.getItem("it"))?.owner).toBeUndefined();
    });

    it("rejects an event id taken by a hidden event", async ({ ann, bea, dov, system }) => {
      await ann.publish("paid", 1, { subscribers: ["Bea"], id: "e1" });
      await rejects(dov.publish("paid", 2, { global: true, id: "e1" }), "KEY_TAKEN");
      const again = await bea.publish("paid", 3, { global: true, id: "e1" });
      expect(again).toMatchObject({ id: "e1", created: false });
      expect((await system.events()).events.map(({ data }) => data)).toEqual([1]);
      expect((await dov.events()).events).toEqual([]);
    });
  },
});
