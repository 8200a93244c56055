import { expect, it } from "vitest";
import type { RouteInput } from "@syntha/core";
import type { StorageContract } from "../contract.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

export function combinedRouting(contract: StorageContract): void {
  rule(contract, "R2 Combined routing", (world) => {
    it("adds up topics and named agents", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["news"]);
      await mesh.agent("Ann").push("it", 1, { topics: ["news"], subscribers: ["Cid"] });
      const seen = ["Ann", "Bea", "Cid", "Dov"].map((name) => mesh.agent(name).keys());
      expect(await Promise.all(seen)).toEqual([["it"], ["it"], ["it"], []]);
    });

    it("lets a sender read what it pushed, whomever it is for", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await ann.push("by topic", 1, { topics: ["news"] });
      await ann.push("by name", 2, { subscribers: ["Bea"] });
      await ann.push("by both", 3, { topics: ["news"], subscribers: ["Bea"] });
      expect(await ann.getAll()).toEqual({ "by topic": 1, "by name": 2, "by both": 3 });
    });

    it("keeps an item that nobody hears to its owner and the system", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["empty"] });
      expect(await mesh.agent("Ann").keys()).toEqual(["it"]);
      expect(await mesh.system.keys()).toEqual(["it"]);
      expect(await mesh.agent("Dov").keys()).toEqual([]);
      expect((await mesh.system.getItem("it"))?.global).toBe(false);
    });

    it("keeps it so when the last subscriber leaves", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["news"]);
      await mesh.agent("Ann").push("it", 1, { topics: ["news"] });
      await mesh.agent("Bea").unsubscribe(["news"]);
      expect(await mesh.agent("Bea").keys()).toEqual([]);
      expect(await mesh.agent("Dov").keys()).toEqual([]);
      expect((await mesh.stats()).global).toBe(0);
    });

    it.each<[RouteInput, string[]]>([
      [{ topics: ["heard"] }, []],
      [{ topics: ["empty"] }, ["empty"]],
      [{ topics: ["left", "heard", "empty"] }, ["left", "empty"]],
      [{ topics: ["empty"], subscribers: ["Bea"] }, ["empty"]],
      [{ subscribers: ["Bea"] }, []],
      [{ global: true }, []],
    ])("tells of a push to %j that nobody hears %j", async (route, expected) => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["heard", "left"]);
      await mesh.agent("Bea").unsubscribe(["left"]);
      expect((await mesh.agent("Ann").push("it", 1, route)).topicsWithoutSubscribers).toEqual(
        expected,
      );
      expect((await mesh.agent("Ann").push("it", 2)).topicsWithoutSubscribers).toEqual(expected);
      const [pushed] = await mesh.agent("Ann").pushMany([{ key: "it", value: 3 }]);
      expect(pushed?.topicsWithoutSubscribers).toEqual(expected);
      expect((await mesh.agent("Ann").publish("done", 1, route)).topicsWithoutSubscribers).toEqual(
        expected,
      );
      const lease = await mesh.agent("Ann").claim({ key: "it" });
      expect((await lease?.complete("done"))?.topicsWithoutSubscribers).toEqual(expected);
    });

    it("shows a topic that was announced before anyone subscribed", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("skill/translate", {}, { topics: ["capabilities"] });
      const { topics } = await mesh.agent("Dov").topics();
      expect(topics).toEqual([{ name: "capabilities", subscribers: 0, items: 1 }]);
    });

    it("counts each topic's live items and subscribers as they change", async () => {
      const mesh = world.mesh();
      const board = async (): Promise<unknown> =>
        (await mesh.topics()).topics.map(({ name, subscribers, items }) => [
          name,
          subscribers,
          items,
        ]);
      const ann = mesh.agent("Ann");
      await ann.push("a", 1, { topics: ["x", "y"] });
      await ann.push("b", 1, { topics: ["y"], ttl: "1m" });
      await mesh.agent("Bea").subscribe(["y", "z"]);
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
      await mesh.agent("Bea").unsubscribe(["y"]);
      expect(await board()).toEqual([["z", 1, 1]]);
      await ann.delete("a");
      await mesh.agent("Bea").unsubscribe(["z"]);
      expect(await board()).toEqual([]);
    });

    it("groups keys by the topics through which they are heard, and the rest under other", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      await bea.subscribe(["x", "y"]);
      await mesh.agent("Ann").push("a", 1, { topics: ["x", "z"] });
      await mesh.agent("Ann").push("b", 1, { topics: ["x", "y"] });
      await mesh.agent("Ann").push("c", 1, { subscribers: ["Bea"], topics: ["z"] });
      await mesh.agent("Ann").push("d", 1, { global: true });
      expect(await bea.keysByTopic()).toEqual({ x: ["a", "b"], y: ["b"], other: ["c", "d"] });
      expect(await mesh.system.keysByTopic()).toEqual({
        x: ["a", "b"],
        y: ["b"],
        z: ["a", "c"],
        other: ["d"],
      });
    });

    it("takes as many topics and subscribers in one route as a mesh's limits may allow", async () => {
      const mesh = world.mesh({ limits: { routeTopics: 1_024, routeSubscribers: 1_024 } });
      const topics = Array.from({ length: 1_024 }, (_, n) => `topic ${n}`);
      const subscribers = Array.from({ length: 1_024 }, (_, n) => `Agent ${n}`);
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
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
      expect(await mesh.agent("Cid").keys()).toEqual([]);
      await mesh.agent("Agent 7").update("it", () => 2);
      await ann.push("it", 3, { topics: ["topic 1023"] });
      expect(await mesh.agent("Agent 0").keys()).toEqual([]);
      expect(await bea.get("it")).toBe(3);
      await rejects(ann.push("it", 4, { topics: [...topics, "more"] }), "INVALID_ARGUMENTS");
      const other = world.mesh({ tenantId: mesh.tenantId });
      await other.agent("Ann").push("it", 5);
      const error = await rejects(
        other.agent("Ann").push("it", 6, { topics: topics.slice(0, 65) }),
        "INVALID_ARGUMENTS",
      );
      expect(error.details).toEqual({ path: "topic", maximum: 64 });
      expect(await bea.get("it")).toBe(5);
    });
  });
}
