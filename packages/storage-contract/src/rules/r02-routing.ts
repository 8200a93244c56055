import { expect } from "vitest";
import type { RouteInput } from "@syntha/core";
import { rejects, rule, times } from "../harness/index.ts";

export const combinedRouting = rule("R2 Combined routing", {
  storage(world, it) {
    it("keeps an item private after its last subscriber leaves", async () => {
      const { mesh, ann, bea, dov } = world.team();
      await bea.subscribe(["news"]);
      await ann.push("it", 1, { topics: ["news"] });
      await bea.unsubscribe(["news"]);
      expect(await bea.keys()).toEqual([]);
      expect(await dov.keys()).toEqual([]);
      expect((await mesh.stats()).global).toBe(0);
    });

    it.each<[RouteInput, string[]]>([
      [{ topics: ["followed"] }, []],
      [{ topics: ["empty"] }, ["empty"]],
      [{ topics: ["left", "followed", "empty"] }, ["left", "empty"]],
      [{ topics: ["empty"], subscribers: ["Bea"] }, ["empty"]],
      [{ subscribers: ["Bea"] }, []],
      [{ global: true }, []],
    ])("a push to %j reports %j as topics without subscribers", async (route, expected) => {
      const { ann, bea } = world.team();
      await bea.subscribe(["followed", "left"]);
      await bea.unsubscribe(["left"]);
      expect((await ann.push("it", 1, route)).topicsWithoutSubscribers).toEqual(expected);
      expect((await ann.push("it", 2)).topicsWithoutSubscribers).toEqual(expected);
      const [pushed] = await ann.pushMany([{ key: "it", value: 3 }]);
      expect(pushed?.topicsWithoutSubscribers).toEqual(expected);
      expect((await ann.publish("done", 1, route)).topicsWithoutSubscribers).toEqual(expected);
      const lease = await ann.claim({ key: "it" });
      expect((await lease?.complete("done"))?.topicsWithoutSubscribers).toEqual(expected);
    });

    it("counts live items and subscribers per topic", async ({ mesh, ann, bea }) => {
      const board = async (): Promise<unknown> =>
        (await mesh.topics()).topics.map(({ name, subscribers, items }) => [
          name,
          subscribers,
          items,
        ]);
      await ann.push("a", 1, { topics: ["x", "y"] });
      await ann.push("b", 1, { topics: ["y"], ttl: "1m" });
      await bea.subscribe(["y", "z"]);
      expect(await board()).toEqual([
        ["x", 0, 1],
        ["y", 1, 2],
        ["z", 1, 0],
      ]);
      await ann.push("a", 2, { topics: ["z"] });
      expect(await board()).toEqual([
        ["y", 1, 1],
        ["z", 1, 1],
      ]);
      world.clock.advance("1m");
      await bea.unsubscribe(["y"]);
      expect(await board()).toEqual([["z", 1, 1]]);
      await ann.delete("a");
      await bea.unsubscribe(["z"]);
      expect(await board()).toEqual([]);
    });

    it("groups keys by subscribed topic, the rest under other", async ({ ann, bea, system }) => {
      await bea.subscribe(["x", "y"]);
      await ann.push("a", 1, { topics: ["x", "z"] });
      await ann.push("b", 1, { topics: ["x", "y"] });
      await ann.push("c", 1, { subscribers: ["Bea"], topics: ["z"] });
      await ann.push("d", 1, { global: true });
      expect(await bea.keysByTopic()).toEqual({ x: ["a", "b"], y: ["b"], other: ["c", "d"] });
      expect(await system.keysByTopic()).toEqual({
        x: ["a", "b"],
        y: ["b"],
        z: ["a", "c"],
        other: ["d"],
      });
      // A topic of that name has its own group.
      await ann.push("e", 1, { topics: ["other"] });
      await bea.subscribe(["other"]);
      const named = { other: ["e"], "": ["c", "d"] };
      expect(await bea.keysByTopic()).toEqual({ x: ["a", "b"], y: ["b"], ...named });
      expect(await system.keysByTopic()).toMatchObject({ other: ["e"], "": ["d"] });
    });

    it("stores routes of up to 1,024 topics and agents", async () => {
      const { mesh, ann, bea, cid } = world.team({
        limits: { routeTopics: 1_024, routeSubscribers: 1_024 },
      });
      const topics = times(1_024, (n) => `topic ${n}`);
      const subscribers = times(1_024, (n) => `Agent ${n}`);
      await bea.subscribe(["topic 1023"]);
      const { topicsWithoutSubscribers } = await ann.push("it", 1, { topics, subscribers });
      expect(topicsWithoutSubscribers).toEqual(topics.slice(0, -1));
      await ann.publish("happened", 1, { topics, subscribers, id: "e" });
      expect(await ann.getItem("it")).toMatchObject({ topics, subscribers });
      for (const name of ["Bea", "Agent 0", "Agent 1023"]) {
        const reader = mesh.agent(name);
        expect([name, await reader.keys()]).toEqual([name, ["it"]]);
        expect((await reader.events()).events).toHaveLength(1);
      }
      expect(await cid.keys()).toEqual([]);
      await mesh.agent("Agent 7").update("it", () => 2);
      await ann.push("it", 3, { topics: ["topic 1023"] });
      expect(await mesh.agent("Agent 0").keys()).toEqual([]);
      expect(await bea.get("it")).toBe(3);
      await rejects(ann.push("it", 4, { topics: [...topics, "more"] }), "INVALID_ARGUMENTS");
      const other = world.mesh({ tenantId: mesh.tenantId });
      await other.agent("Ann").push("it", 5);
      await rejects(
        other.agent("Ann").push("it", 6, { topics: topics.slice(0, 65) }),
        "INVALID_ARGUMENTS",
        { path: "topic", maximum: 64 },
      );
      expect(await bea.get("it")).toBe(5);
    });
  },
});
