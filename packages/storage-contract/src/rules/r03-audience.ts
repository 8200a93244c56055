import { expect } from "vitest";
import type { Item, RouteInput } from "@syntha/core";
import { rejects, rule, tenantSnapshot } from "../harness/index.ts";

/** Routes with an ambiguous or empty audience. */
const BAD_ROUTES: readonly unknown[] = [
  { topics: [] },
  { subscribers: [] },
  { topics: [], subscribers: ["Bea"] },
  { topics: ["news"], subscribers: [] },
  { global: true, topics: ["news"] },
  { global: true, subscribers: ["Bea"] },
  { global: true, topics: [] },
  { global: false },
  { global: "yes", topics: ["news"] },
  { topics: "sales" },
  { subscribers: "Bea" },
];

type RoutePart = Pick<Item, "topics" | "subscribers" | "global">;

function routeOf(item: Item | undefined): RoutePart | undefined {
  return item && { topics: item.topics, subscribers: item.subscribers, global: item.global };
}

export const noAccidentalAudience = rule("R3 No accidental audience", {
  core(world, it) {
    it("requires a route to create an item", async ({ mesh, ann, system }) => {
      await rejects(ann.push("it", 1), "ROUTE_REQUIRED");
      await rejects(ann.pushMany([{ key: "it", value: 1 }]), "ROUTE_REQUIRED");
      await rejects(
        ann.update("it", () => 1),
        "ROUTE_REQUIRED",
      );
      await rejects(ann.publish("happened", 1), "ROUTE_REQUIRED");
      await rejects(system.push("it", 1), "ROUTE_REQUIRED");
      expect((await mesh.stats()).revision).toBe(0);
    });

    it("uses the mesh's default route when none is given", async () => {
      const { ann } = world.team({ defaultRoute: { topics: ["inbox"] } });
      await ann.push("it", 1);
      await ann.push("other", 1, { subscribers: ["Bea"] });
      await ann.push("other", 2);
      await ann.publish("happened", 1);
      expect((await ann.getItem("it"))?.topics).toEqual(["inbox"]);
      expect((await ann.getItem("other"))?.topics).toEqual([]);
      expect((await ann.events()).events[0]?.topics).toEqual(["inbox"]);
    });

    it.each(BAD_ROUTES)("rejects the route %j and changes nothing", async (route) => {
      const { ann, tenantId } = world.team();
      await ann.push("mine", 1, { topics: ["news"] });
      const lease = await ann.claim({ key: "mine" });
      const before = await tenantSnapshot(world.storage, tenantId);
      const bad = route as RouteInput;
      await rejects(ann.push("new", 1, bad), "INVALID_ROUTE");
      await rejects(ann.push("mine", 2, bad), "INVALID_ROUTE");
      await rejects(ann.pushMany([{ key: "new", value: 1, ...bad }]), "INVALID_ROUTE");
      await rejects(ann.publish("happened", 1, bad), "INVALID_ROUTE");
      await rejects(() => lease?.complete(2, bad), "INVALID_ROUTE");
      await rejects(
        () => lease?.complete(2, { events: [{ type: "happened", data: 1, ...bad }] }),
        "INVALID_ROUTE",
      );
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });
  },
  storage(world, it) {
    it("requires a route again after deletion or expiry", async ({ ann, system }) => {
      await ann.push("deleted", 1, { global: true });
      await ann.delete("deleted");
      await ann.push("expired", 1, { global: true, ttl: "1s" });
      world.clock.advance("1s");
      await rejects(ann.push("deleted", 2), "ROUTE_REQUIRED");
      await rejects(ann.push("expired", 2), "ROUTE_REQUIRED");
      expect(await system.keys()).toEqual([]);
    });

    it.for<[RouteInput, RoutePart]>([
      [{}, { topics: ["a", "b"], subscribers: ["Bea"], global: false }],
      [{ topics: undefined }, { topics: ["a", "b"], subscribers: ["Bea"], global: false }],
      [{ topics: ["c"] }, { topics: ["c"], subscribers: [], global: false }],
      [{ subscribers: ["Cid"] }, { topics: [], subscribers: ["Cid"], global: false }],
      [{ global: true }, { topics: [], subscribers: [], global: true }],
      [
        { topics: ["c"], global: false },
        { topics: ["c"], subscribers: [], global: false },
      ],
    ])("a push of %j replaces the whole route or nothing", async ([input, route], { ann }) => {
      await ann.push("it", 1, { topics: ["a", "b"], subscribers: ["Bea"] });
      await ann.push("it", 2, input);
      expect(routeOf(await ann.getItem("it"))).toEqual(route);
    });

    it("narrows a global item to a named audience", async ({ mesh, ann, dov }) => {
      await ann.push("it", 1, { global: true });
      await ann.push("it", 2, { subscribers: ["Bea"] });
      expect(await dov.get("it")).toBeUndefined();
      expect((await mesh.stats()).global).toBe(0);
    });

    it("stores each topic and agent once, in order", async ({ ann }) => {
      await ann.push("it", 1, { topics: ["b", "a", "b"], subscribers: ["Z", "Y", "Z"] });
      expect(routeOf(await ann.getItem("it"))).toEqual({
        topics: ["b", "a"],
        subscribers: ["Z", "Y"],
        global: false,
      });
    });

    it("gives a recreated key none of its former audience", async ({ mesh, ann, cid, dov }) => {
      await ann.push("deleted", 1, { topics: ["news"], subscribers: ["Bea"] });
      await ann.delete("deleted");
      await ann.push("expired", 1, { topics: ["news"], subscribers: ["Bea"], ttl: "1s" });
      world.clock.advance("1s");
      for (const key of ["deleted", "expired"])
        expect((await cid.push(key, 2, { subscribers: ["Dov"] })).created).toBe(true);
      await mesh.agent("Eve").subscribe(["news"]);
      for (const name of ["Ann", "Bea", "Eve"]) expect(await mesh.agent(name).keys()).toEqual([]);
      expect(await dov.getAll()).toEqual({ deleted: 2, expired: 2 });
    });
  },
});
