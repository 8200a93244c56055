import { expect } from "vitest";
import { expectPages, readPages, rejects, rule, times } from "../harness/index.ts";

export const subscriptions = rule("R6 Subscriptions", {
  core(world, it) {
    it.for([[[]], ["topic"], [[""]], [[1]], [["a", ""]], [undefined], [["\0"]], [["\uD800"]]])(
      "rejects the topic list %j and changes nothing",
      async ([topics], { mesh, bea }) => {
        const isText = JSON.stringify(topics)?.includes("\\u") === true;
        const code = isText ? "INVALID_TEXT" : "INVALID_ARGUMENTS";
        await rejects(bea.subscribe(topics as string[]), code);
        await rejects(bea.unsubscribe(topics as string[]), code);
        expect((await mesh.stats()).revision).toBe(0);
      },
    );
  },
  storage(world, it) {
    it("adds to existing subscriptions and ends those named", async ({ ann, bea }) => {
      expect(await bea.subscribe(["b"])).toEqual(["b"]);
      expect(await bea.subscribe(["a", "b", "c"])).toEqual(["a", "c"]);
      expect(await bea.subscribe(["a"])).toEqual([]);
      expect(await bea.subscriptions()).toEqual(["a", "b", "c"]);
      for (const topic of ["a", "b", "c"]) await ann.push(topic, 1, { topics: [topic] });
      expect(await bea.keys()).toEqual(["a", "b", "c"]);
      await bea.subscribe(["a", "b", "c"]);
      expect(await bea.unsubscribe(["b", "x", "b"])).toEqual(["b"]);
      expect(await bea.unsubscribe(["b"])).toEqual([]);
      expect(await bea.subscriptions()).toEqual(["a", "c"]);
    });

    it("subscribes again after unsubscribing, each agent on its own", async () => {
      const { mesh, ann, bea, cid } = world.team();
      await ann.push("it", 1, { topics: ["a"] });
      for (let n = 0; n < 3; n++) {
        await bea.subscribe(["a"]);
        expect([await bea.keys(), await mesh.subscribers("a")]).toEqual([["it"], ["Bea"]]);
        await bea.unsubscribe(["a"]);
        expect([await bea.keys(), await mesh.subscribers("a")]).toEqual([[], []]);
      }
      expect((await mesh.stats()).agents).toBe(0);
      await bea.subscribe(["a"]);
      await cid.subscribe(["a", "b"]);
      await bea.unsubscribe(["a"]);
      expect(await cid.subscriptions()).toEqual(["a", "b"]);
      expect(await mesh.subscribers("a")).toEqual(["Cid"]);
    });

    it("keeps all concurrent subscriptions", async ({ bea }) => {
      const topics = times(20, (n) => `topic ${String(n).padStart(2, "0")}`);
      await Promise.all(topics.map((topic) => bea.subscribe([topic])));
      expect(await bea.subscriptions()).toEqual(topics);
    });
  },
  wrapper(world, it) {
    it("pages subscribers with no gaps or duplicates", async ({ mesh, tenantId }) => {
      const names = times(7, (n) => `agent ${n}`);
      await Promise.all(names.map((name) => mesh.agent(name).subscribe(["t", "u"])));
      for (let limit = 1; limit <= 8; limit++) {
        const pages = await readPages(
          (after: string | undefined) =>
            world.storage.agents(tenantId, { topic: "t", after, limit }),
          ({ next }) => next,
        );
        const given = pages.map(({ agents }) => agents.map(({ name }) => name));
        expectPages(given, names, limit);
      }
    });
  },
  pastSubscriptions(world, it) {
    it("returns past subscriptions at each position", async ({ mesh, bea, tenantId }) => {
      await bea.subscribe(["a"]);
      await bea.subscribe(["b"]);
      await bea.unsubscribe(["a"]);
      await bea.subscribe(["a", "c"]);
      await mesh.deleteTopic("b");
      await mesh.setPermissions("Bea", { subscribe: ["c"] });
      const at = async (position: number): Promise<unknown> => {
        const query = { name: "Bea", at: position };
        return (await world.storage.agents(tenantId, query)).agents[0]?.subscriptions;
      };
      const positions = [0, 1, 2, 3, 4, 5, 6];
      const expected = [[], ["a"], ["a", "b"], ["b"], ["a", "b", "c"], ["a", "c"], ["c"]];
      expect(await Promise.all(positions.map(at))).toEqual(expected);
      const listed = positions.map((position) => bea.subscriptions({ at: position }));
      expect(await Promise.all(listed)).toEqual(expected);
      expect(await mesh.system.subscriptions({ at: 4 })).toEqual([]);
      await rejects(bea.subscriptions({ at: 7 }), "INVALID_CURSOR");
      for (const wrong of [-1, 1.5, "1" as never])
        await rejects(bea.subscriptions({ at: wrong }), "INVALID_ARGUMENTS");
    });
  },
});
