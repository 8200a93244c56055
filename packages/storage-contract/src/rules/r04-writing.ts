import { expect, it } from "vitest";
import type { AgentContext, ContextMesh, RouteInput } from "@syntha/core";
import { tenantSnapshot } from "../harness/tenant-snapshot.ts";
import type { StorageContract } from "../contract.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

/** Every way to write a key that holds something unseen. */
const WRITES: Readonly<Record<string, (agent: AgentContext) => Promise<unknown>>> = {
  push: (agent) => agent.push("hidden", 2),
  "push with a route": (agent) => agent.push("hidden", 2, { global: true }),
  "push with its very route": (agent) => agent.push("hidden", 2, { subscribers: ["Bea"] }),
  "push if absent": (agent) => agent.push("hidden", 2, { global: true, ifRevision: 0 }),
  "push on its revision": (agent) => agent.push("hidden", 2, { ifRevision: 1 }),
  "push on another revision": (agent) => agent.push("hidden", 2, { ifRevision: 99 }),
  "push to a topic that is not allowed": (agent) => agent.push("hidden", 2, { topics: ["no"] }),
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

export function writing(contract: StorageContract): void {
  rule(contract, "R4 Writing", (world) => {
    it("lets any agent create any free key, and own it", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["news"] });
      await mesh.system.push("ours", 1, { topics: ["news"] });
      const item = await mesh.agent("Ann").getItem("it");
      expect([item?.owner, item?.author]).toEqual(["Ann", "Ann"]);
      const ours = await mesh.system.getItem("ours");
      expect([ours?.owner, ours?.author]).toEqual([undefined, undefined]);
    });

    it("lets an agent replace the value of what it sees, and keeps route and owner", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["news"], subscribers: ["Bea"] });
      const before = await mesh.system.getItem("it");
      world.clock.advance("1s");
      const { created } = await mesh.agent("Bea").push("it", 2);
      const after = await mesh.system.getItem("it");
      expect(created).toBe(false);
      expect(after).toEqual({
        ...before,
        value: 2,
        author: "Bea",
        revision: after?.revision,
        updatedAt: new Date(world.clock()),
      });
    });

    it.each<[string, RouteInput]>([
      ["another route", { topics: ["other"] }],
      ["a wider route", { topics: ["a", "b", "c"], subscribers: ["Bea"] }],
      ["a narrower route", { topics: ["a", "b"] }],
      ["everyone", { global: true }],
    ])("refuses an agent that names %s for another's item", async (_, route) => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["a", "b"], subscribers: ["Bea"] });
      const before = await tenantSnapshot(world.storage, mesh.tenantId);
      const error = await rejects(mesh.agent("Bea").push("it", 2, route), "NOT_OWNER");
      expect(error.details).toEqual({ key: "it" });
      expect(await tenantSnapshot(world.storage, mesh.tenantId)).toEqual(before);
    });

    it.each<[string, RouteInput]>([
      ["the same route", { topics: ["a", "b"], subscribers: ["Bea"] }],
      ["the same route in another order", { subscribers: ["Bea"], topics: ["b", "a"] }],
      ["the same route with doubles", { topics: ["a", "b", "a"], subscribers: ["Bea"] }],
    ])("takes it for no re-routing when an agent names %s", async (_, route) => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["a", "b"], subscribers: ["Bea"] });
      await mesh.agent("Bea").push("it", 2, route);
      const { value, owner, author, topics } = (await mesh.system.getItem("it"))!;
      expect([value, owner, author, topics]).toEqual([2, "Ann", "Bea", ["a", "b"]]);
    });

    it("lets only the owner and the system delete", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("one", 1, { global: true });
      await mesh.agent("Ann").push("two", 1, { global: true });
      await mesh.agent("Bea").push("one", 2);
      await rejects(mesh.agent("Bea").delete("one"), "NOT_OWNER");
      expect(await mesh.agent("Ann").delete("one")).toBe(true);
      expect(await mesh.system.delete("two")).toBe(true);
      expect(await mesh.system.keys()).toEqual([]);
      expect(await mesh.agent("Ann").delete("one")).toBe(false);
    });

    it("makes an owner of who re-routes", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { subscribers: ["Bea"] });
      await mesh.system.push("it", 2, { global: true });
      await rejects(mesh.agent("Ann").delete("it"), "NOT_OWNER");
      await rejects(mesh.agent("Ann").push("it", 3, { topics: ["x"] }), "NOT_OWNER");
      expect((await mesh.agent("Ann").getItem("it"))?.owner).toBeUndefined();
    });

    it("keeps the owner when the system only writes a value", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { global: true });
      await mesh.system.push("it", 2);
      const item = await mesh.system.getItem("it");
      expect([item?.owner, item?.author]).toEqual(["Ann", undefined]);
    });

    it.each(Object.keys(WRITES))(
      "tells by %s of an unseen item only that its key is taken",
      async (way) => {
        const mesh = world.mesh();
        await pushHiddenItem(mesh);
        await mesh.setPermissions("Dov", { post: ["yes"] });
        const before = await tenantSnapshot(world.storage, mesh.tenantId);
        const error = await rejects(WRITES[way]!(mesh.agent("Dov")), "KEY_TAKEN");
        expect(error.details).toEqual({ key: "hidden" });
        expect(JSON.stringify(error)).not.toMatch(/Ann|Bea|revision/);
        expect(await tenantSnapshot(world.storage, mesh.tenantId)).toEqual(before);
      },
    );

    it("leaves another's private item as it is", async () => {
      const mesh = world.mesh();
      await pushHiddenItem(mesh);
      await rejects(mesh.agent("Dov").push("hidden", "mine now", { global: true }), "KEY_TAKEN");
      const item = await mesh.agent("Bea").getItem("hidden");
      expect([item?.value, item?.owner, item?.global]).toEqual([1, "Ann", false]);
    });

    it("frees a key when its item is deleted or expired", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("deleted", 1, { subscribers: ["Bea"] });
      await mesh.agent("Ann").delete("deleted");
      await mesh.agent("Ann").push("expired", 1, { subscribers: ["Bea"], ttl: "1s" });
      world.clock.advance("1s");
      for (const key of ["deleted", "expired"]) {
        const { created } = await mesh.agent("Dov").push(key, 2, { topics: ["x"] });
        expect([created, await mesh.agent("Dov").get(key)]).toEqual([true, 2]);
        expect(await mesh.agent("Bea").get(key)).toBeUndefined();
      }
    });

    it("refuses to publish under an id that is taken by an unseen event", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").publish("paid", 1, { subscribers: ["Bea"], id: "e1" });
      await rejects(mesh.agent("Dov").publish("paid", 2, { global: true, id: "e1" }), "KEY_TAKEN");
      const again = await mesh.agent("Bea").publish("paid", 3, { global: true, id: "e1" });
      expect(again).toMatchObject({ id: "e1", created: false });
      expect((await mesh.system.events()).events.map(({ data }) => data)).toEqual([1]);
      expect((await mesh.agent("Dov").events()).events).toEqual([]);
    });

    it("keeps events of one type and moment apart", async () => {
      const mesh = world.mesh();
      for (let n = 1; n <= 5; n++)
        await mesh.agent("Ann").publish("tick", n, { topics: ["clock"] });
      const { events } = await mesh.agent("Ann").events({ types: ["tick"] });
      expect(events.map(({ data }) => data)).toEqual([1, 2, 3, 4, 5]);
    });
  });
}
