import { expect, it } from "vitest";
import { readItems, readLog } from "../harness/tenant-snapshot.ts";
import type { StorageContract } from "../contract.ts";
import { Feed } from "../harness/feed.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

export function topicDeletion(contract: StorageContract): void {
  rule(contract, "R7 Deleting a topic", (world) => {
    it("ends its subscriptions, takes it off its items, and deletes those for nobody", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await mesh.agent("Bea").subscribe(["old", "new"]);
      await mesh.agent("Cid").subscribe(["old"]);
      await ann.push("only", 1, { topics: ["old"] });
      await ann.push("two topics", 1, { topics: ["old", "new"] });
      await ann.push("and named", 1, { topics: ["old"], subscribers: ["Dov"] });
      await ann.push("other", 1, { topics: ["new"] });
      await ann.push("everyone", 1, { global: true });
      expect(await mesh.deleteTopic("old")).toEqual({ deleted: 1, kept: 2, subscribers: 2 });
      expect(await mesh.agent("Bea").subscriptions()).toEqual(["new"]);
      expect(await mesh.agent("Cid").subscriptions()).toEqual([]);
      expect(await mesh.subscribers("old")).toEqual([]);
      const items = await readItems(world.storage, mesh.tenantId);
      expect(items.map(({ key, topics, subscribers }) => [key, topics, subscribers])).toEqual([
        ["and named", [], ["Dov"]],
        ["everyone", [], []],
        ["other", ["new"], []],
        ["two topics", ["new"], []],
      ]);
      expect(await mesh.agent("Bea").keys()).toEqual(["everyone", "other", "two topics"]);
      expect(await mesh.agent("Cid").keys()).toEqual(["everyone"]);
      expect((await mesh.topics()).topics.map(({ name }) => name)).toEqual(["new"]);
      expect(await mesh.stats()).toMatchObject({ items: 4, topics: 1, agents: 1 });
    });

    it("happens in one commit", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["old"]);
      const pushes = Array.from({ length: 30 }, (_, n) => ({
        key: `item ${n}`,
        value: n,
        topics: n % 2 === 0 ? ["old"] : ["old", "new"],
      }));
      await mesh.agent("Ann").pushMany(pushes);
      const { revision } = await mesh.stats();
      await mesh.deleteTopic("old");
      expect((await mesh.stats()).revision).toBe(revision + 1);
      const log = await readLog(world.storage, mesh.tenantId);
      const entries = log.filter(({ position }) => position === revision + 1);
      expect(entries.map(({ change }) => change.type).sort()).toEqual([
        ...Array<string>(15).fill("delete"),
        ...Array<string>(15).fill("put"),
        "topicDeleted",
      ]);
    });

    it("moves the revision of an item that stays, and nothing else of it but the route", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["old", "new"], ttl: "1h" });
      await mesh.agent("Bea").subscribe(["new"]);
      await mesh.agent("Bea").push("it", 2, { ttl: "keep" });
      const before = await mesh.system.getItem("it");
      world.clock.advance("1m");
      await mesh.deleteTopic("old");
      const after = await mesh.system.getItem("it");
      expect(after).toEqual({ ...before, topics: ["new"], revision: before!.revision + 1 });
      expect([after?.owner, after?.author]).toEqual(["Ann", "Bea"]);
      const { revision } = before!;
      const late = mesh.agent("Bea").push("it", 3, { ifRevision: revision });
      await rejects(late, "CONFLICT");
    });

    it("ends a lease on an item that stays, and lets others claim it at once", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      await bea.subscribe(["old", "new"]);
      await mesh.agent("Ann").push("it", 1, { topics: ["old", "new"] });
      const lease = await bea.claim({ topic: "old" });
      await mesh.deleteTopic("old");
      await rejects(() => lease?.extend("1m"), "STALE_TOKEN");
      await rejects(() => lease?.complete(), "STALE_TOKEN");
      expect((await bea.claim({ topic: "new" }))?.item.key).toBe("it");
    });

    it("ends a lease on an item that goes with its topic", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["old"] });
      const lease = await mesh.agent("Ann").claim({ key: "it" });
      await mesh.deleteTopic("old");
      await rejects(() => lease?.complete("done"), "STALE_TOKEN");
      expect(await mesh.system.keys()).toEqual([]);
    });

    it("lets a done item stay done, and a failed one failed", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await ann.push("done", 1, { topics: ["old", "new"] });
      await (await ann.claim({ key: "done" }))?.complete("result");
      await ann.push("failed", 1, { topics: ["old", "new"] });
      await (await ann.claim({ key: "failed" }))?.release({ maxAttempts: 1 });
      await mesh.deleteTopic("old");
      const states = (await mesh.system.list()).items.map(({ key, state }) => [key, state]);
      expect(states).toEqual([
        ["done", "done"],
        ["failed", "failed"],
      ]);
      expect(await mesh.system.claim({ topic: "new" })).toBeUndefined();
    });

    it("takes the topic off events, which stay", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await mesh.agent("Bea").subscribe(["old"]);
      await mesh.agent("Cid").subscribe(["new"]);
      await ann.publish("one", 1, { topics: ["old"] });
      await ann.publish("both", 1, { topics: ["old", "new"] });
      await mesh.deleteTopic("old");
      const typesFor = async (name: string): Promise<string[]> =>
        (await mesh.agent(name).events()).events.map(({ type }) => type);
      expect(await typesFor("Ann")).toEqual(["one", "both"]);
      expect(await typesFor("Bea")).toEqual([]);
      expect(await typesFor("Cid")).toEqual(["both"]);
      const { events } = await mesh.system.events();
      expect(events.map(({ topics }) => topics)).toEqual([[], ["new"]]);
      expect((await mesh.stats()).events).toBe(2);
      await mesh.agent("Bea").subscribe(["old"]);
      expect(await typesFor("Bea")).toEqual([]);
    });

    it("takes the topic off events also when nothing else is on it", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").publish("happened", 1, { topics: ["old"] });
      expect(await mesh.deleteTopic("old")).toEqual({ deleted: 0, kept: 0, subscribers: 0 });
      await mesh.agent("Bea").subscribe(["old"]);
      expect((await mesh.agent("Bea").events()).events).toEqual([]);
      expect((await mesh.system.events()).events.map(({ topics }) => topics)).toEqual([[]]);
      await mesh.agent("Bea").unsubscribe(["old"]);
      await rejects(mesh.deleteTopic("old"), "NOT_FOUND");
    });

    it("brings nothing back when the topic is made anew", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["t"]);
      await mesh.agent("Ann").push("gone", 1, { topics: ["t"] });
      await mesh.agent("Ann").push("kept", 1, { topics: ["t"], subscribers: ["Dov"] });
      await mesh.deleteTopic("t");
      await mesh.agent("Ann").push("fresh", 1, { topics: ["t"] });
      expect(await mesh.agent("Bea").keys()).toEqual([]);
      expect(await mesh.subscribers("t")).toEqual([]);
      await mesh.agent("Cid").subscribe(["t"]);
      expect(await mesh.agent("Cid").keys()).toEqual(["fresh"]);
    });

    it("leaves an agent of the same name, and what is for it, alone", async () => {
      const mesh = world.mesh();
      await mesh.agent("sales").subscribe(["other"]);
      await mesh.agent("Ann").push("for the agent", 1, { subscribers: ["sales"] });
      await mesh.agent("Ann").push("for the topic", 1, { topics: ["sales"] });
      await mesh.deleteTopic("sales");
      expect(await mesh.agent("sales").keys()).toEqual(["for the agent"]);
      expect(await mesh.agent("sales").subscriptions()).toEqual(["other"]);
    });

    it("tells watchers what was deleted, changed, or went out of sight", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await mesh.agent("Bea").subscribe(["old", "new"]);
      await mesh.agent("Cid").subscribe(["old"]);
      await ann.push("a", 1, { topics: ["old"] });
      await ann.push("b", 1, { topics: ["old", "new"] });
      await ann.push("c", 1, { topics: ["old"], subscribers: ["Cid"] });
      const feeds = ["Ann", "Bea", "Cid", "Dov"].map((name) => new Feed(mesh.agent(name).watch()));
      await mesh.deleteTopic("old");
      const told: (readonly string[])[] = [];
      for (const feed of feeds)
        told.push((await feed.drain(mesh)).filter((text) => !text.includes("mark")));
      expect(told).toEqual([
        ["delete a", "put b=1", "put c=1"],
        ["delete a", "put b=1", "hide c"],
        ["delete a", "hide b", "put c=1"],
        [],
      ]);
    });

    it("refuses a topic that there is not, swept or not", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { topics: ["lapsed"], ttl: "1s" });
      await mesh.agent("Ann").push("other", 1, { topics: ["left"] });
      await mesh.agent("Ann").delete("other");
      world.clock.advance("1s");
      for (const topic of ["never", "left", "lapsed"])
        await rejects(mesh.deleteTopic(topic), "NOT_FOUND");
      await mesh.sweep();
      await rejects(mesh.deleteTopic("lapsed"), "NOT_FOUND");
      const log = await readLog(world.storage, mesh.tenantId);
      expect(log.filter(({ change }) => change.type === "topicDeleted")).toEqual([]);
    });

    it("ends a topic that has nothing but subscribers", async () => {
      const mesh = world.mesh();
      await mesh.agent("Bea").subscribe(["t"]);
      expect(await mesh.deleteTopic("t")).toEqual({ deleted: 0, kept: 0, subscribers: 1 });
      await rejects(mesh.deleteTopic("t"), "NOT_FOUND");
    });
  });
}
