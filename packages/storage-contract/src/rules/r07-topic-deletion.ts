import { expect } from "vitest";
import { Feed, readItems, readLog, rejects, rule, times } from "../harness/index.ts";

export const topicDeletion = rule("R7 Deleting a topic", {
  storage(world, it) {
    it("removes subscriptions and routes, and deletes unreachable items", async () => {
      const { mesh, ann, bea, cid, tenantId } = world.team();
      await bea.subscribe(["old", "new"]);
      await cid.subscribe(["old"]);
      await ann.push("only", 1, { topics: ["old"] });
      await ann.push("two topics", 1, { topics: ["old", "new"] });
      await ann.push("and named", 1, { topics: ["old"], subscribers: ["Dov"] });
      await ann.push("other", 1, { topics: ["new"] });
      await ann.push("everyone", 1, { global: true });
      expect(await mesh.deleteTopic("old")).toEqual({ deleted: 1, kept: 2, subscribers: 2 });
      expect(await bea.subscriptions()).toEqual(["new"]);
      expect(await cid.subscriptions()).toEqual([]);
      expect(await mesh.subscribers("old")).toEqual([]);
      const items = await readItems(world.storage, tenantId);
      expect(items.map(({ key, topics, subscribers }) => [key, topics, subscribers])).toEqual([
        ["and named", [], ["Dov"]],
        ["everyone", [], []],
        ["other", ["new"], []],
        ["two topics", ["new"], []],
      ]);
      expect(await bea.keys()).toEqual(["everyone", "other", "two topics"]);
      expect(await cid.keys()).toEqual(["everyone"]);
      expect((await mesh.topics()).topics.map(({ name }) => name)).toEqual(["new"]);
      expect(await mesh.stats()).toMatchObject({ items: 4, topics: 1, agents: 1 });
    });

    it("happens in one commit", async ({ mesh, ann, bea, tenantId }) => {
      await bea.subscribe(["old"]);
      const pushes = times(30, (n) => ({
        key: `item ${n}`,
        value: n,
        topics: n % 2 === 0 ? ["old"] : ["old", "new"],
      }));
      await ann.pushMany(pushes);
      const { revision } = await mesh.stats();
      await mesh.deleteTopic("old");
      expect((await mesh.stats()).revision).toBe(revision + 1);
      const log = await readLog(world.storage, tenantId);
      const entries = log.filter(({ position }) => position === revision + 1);
      expect(entries.map(({ change }) => change.type).sort()).toEqual([
        ...Array<string>(15).fill("delete"),
        ...Array<string>(15).fill("put"),
        "topicDeleted",
      ]);
    });

    it("changes only route and revision of remaining items", async ({ mesh, ann, bea, system }) => {
      await ann.push("it", 1, { topics: ["old", "new"], ttl: "1h" });
      await bea.subscribe(["new"]);
      await bea.push("it", 2, { ttl: "keep" });
      const before = await system.getItem("it");
      world.clock.advance("1m");
      await mesh.deleteTopic("old");
      const after = await system.getItem("it");
      expect(after).toEqual({ ...before, topics: ["new"], revision: before!.revision + 1 });
      expect([after?.owner, after?.author]).toEqual(["Ann", "Bea"]);
      const { revision } = before!;
      const late = bea.push("it", 3, { ifRevision: revision });
      await rejects(late, "CONFLICT");
    });

    it("ends leases of its items", async ({ mesh, ann, bea, system }) => {
      await bea.subscribe(["old", "new"]);
      await ann.push("it", 1, { topics: ["old", "new"] });
      const lease = await bea.claim({ topic: "old" });
      await mesh.deleteTopic("old");
      await rejects(() => lease?.extend("1m"), "STALE_TOKEN");
      await rejects(() => lease?.complete(), "STALE_TOKEN");
      expect((await bea.claim({ topic: "new" }))?.item.key).toBe("it");
      await ann.push("it", 1, { topics: ["old"] });
      const another = await ann.claim({ key: "it" });
      await mesh.deleteTopic("old");
      await rejects(() => another?.complete("done"), "STALE_TOKEN");
      expect(await system.keys()).toEqual([]);
    });

    it("keeps done and failed states", async ({ mesh, ann, system }) => {
      await ann.push("done", 1, { topics: ["old", "new"] });
      await (await ann.claim({ key: "done" }))?.complete("result");
      await ann.push("failed", 1, { topics: ["old", "new"] });
      await (await ann.claim({ key: "failed" }))?.release({ maxAttempts: 1 });
      await mesh.deleteTopic("old");
      const states = (await system.list()).items.map(({ key, state }) => [key, state]);
      expect(states).toEqual([
        ["done", "done"],
        ["failed", "failed"],
      ]);
      expect(await system.claim({ topic: "new" })).toBeUndefined();
    });

    it("removes the topic from events, which stay", async ({ mesh, ann, bea, cid, system }) => {
      await bea.subscribe(["old"]);
      await cid.subscribe(["new"]);
      await ann.publish("one", 1, { topics: ["old"] });
      await ann.publish("both", 1, { topics: ["old", "new"] });
      await mesh.deleteTopic("old");
      const typesFor = async (name: string): Promise<string[]> =>
        (await mesh.agent(name).events()).events.map(({ type }) => type);
      expect(await typesFor("Ann")).toEqual(["one", "both"]);
      expect(await typesFor("Bea")).toEqual([]);
      expect(await typesFor("Cid")).toEqual(["both"]);
      const { events } = await system.events();
      expect(events.map(({ topics }) => topics)).toEqual([[], ["new"]]);
      expect((await mesh.stats()).events).toBe(2);
      await bea.subscribe(["old"]);
      expect(await typesFor("Bea")).toEqual([]);
    });

    it("removes a topic that only events use", async ({ mesh, ann, bea, system }) => {
      await ann.publish("happened", 1, { topics: ["old"] });
      expect(await mesh.deleteTopic("old")).toEqual({ deleted: 0, kept: 0, subscribers: 0 });
      await bea.subscribe(["old"]);
      expect((await bea.events()).events).toEqual([]);
      expect((await system.events()).events.map(({ topics }) => topics)).toEqual([[]]);
      await bea.unsubscribe(["old"]);
      await rejects(mesh.deleteTopic("old"), "NOT_FOUND");
    });

    it("restores nothing when the topic is created again", async ({ mesh, ann, bea, cid }) => {
      await bea.subscribe(["t"]);
      await ann.push("deleted", 1, { topics: ["t"] });
      await ann.push("kept", 1, { topics: ["t"], subscribers: ["Dov"] });
      await mesh.deleteTopic("t");
      await ann.push("fresh", 1, { topics: ["t"] });
      expect(await bea.keys()).toEqual([]);
      expect(await mesh.subscribers("t")).toEqual([]);
      await cid.subscribe(["t"]);
      expect(await cid.keys()).toEqual(["fresh"]);
    });

    it("does not affect an agent of the same name", async ({ mesh, ann }) => {
      await mesh.agent("sales").subscribe(["other"]);
      await ann.push("for the agent", 1, { subscribers: ["sales"] });
      await ann.push("for the topic", 1, { topics: ["sales"] });
      await mesh.deleteTopic("sales");
      expect(await mesh.agent("sales").keys()).toEqual(["for the agent"]);
      expect(await mesh.agent("sales").subscriptions()).toEqual(["other"]);
    });

    it("rejects a missing topic, deletes one that has only subscribers", async () => {
      const { mesh, ann, tenantId, bea } = world.team();
      await ann.push("it", 1, { topics: ["expired"], ttl: "1s" });
      await ann.push("other", 1, { topics: ["left"] });
      await ann.delete("other");
      world.clock.advance("1s");
      for (const topic of ["never", "left", "expired"])
        await rejects(mesh.deleteTopic(topic), "NOT_FOUND");
      await mesh.sweep();
      await rejects(mesh.deleteTopic("expired"), "NOT_FOUND");
      const log = await readLog(world.storage, tenantId);
      expect(log.filter(({ change }) => change.type === "topicDeleted")).toEqual([]);
      await bea.subscribe(["t"]);
      expect(await mesh.deleteTopic("t")).toEqual({ deleted: 0, kept: 0, subscribers: 1 });
      await rejects(mesh.deleteTopic("t"), "NOT_FOUND");
    });
  },
  pastSubscriptions(world, it) {
    it("emits delete, put and hide to watchers", async ({ mesh, ann, bea, cid }) => {
      await bea.subscribe(["old", "new"]);
      await cid.subscribe(["old"]);
      await ann.push("a", 1, { topics: ["old"] });
      await ann.push("b", 1, { topics: ["old", "new"] });
      await ann.push("c", 1, { topics: ["old"], subscribers: ["Cid"] });
      const feeds = ["Ann", "Bea", "Cid", "Dov"].map((name) => new Feed(mesh.agent(name).watch()));
      await mesh.deleteTopic("old");
      const changes: (readonly string[])[] = [];
      for (const feed of feeds)
        changes.push((await feed.drain(mesh)).filter((text) => !text.includes("mark")));
      expect(changes).toEqual([
        ["delete a", "put b=1", "put c=1"],
        ["delete a", "put b=1", "hide c"],
        ["delete a", "hide b", "put c=1"],
        [],
      ]);
    });
  },
});
