import { expect } from "vitest";
import type { AgentContext, Cursor, EventFilter } from "@syntha/core";
import { Feed, rejects, rule, type World } from "../harness/index.ts";

/** Data of all events, read page by page. */
async function allPages(agent: AgentContext, filter: EventFilter): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let { since } = filter; ;) {
    const { events, cursor } = await agent.events({ ...filter, since });
    if (events.length === 0) return found;
    found.push(...events.map(({ data }) => data));
    since = cursor;
  }
}

/** Nine events on two topics, three of them in one commit. */
async function publishNine(world: World): Promise<AgentContext> {
  const ann = world.mesh().agent("Ann");
  await ann.push("work", 1, { topics: ["a"] });
  for (let n = 1; n <= 4; n++)
    await ann.publish(n % 2 === 0 ? "even" : "odd", n, { topics: ["a"] });
  const lease = await ann.claim({ key: "work" });
  const events = [5, 6, 7].map((n) => ({
    type: n % 2 === 0 ? "even" : "odd",
    data: n,
    topics: n === 6 ? ["a", "b"] : ["b"],
  }));
  await lease?.complete("done", { events });
  for (let n = 8; n <= 9; n++)
    await ann.publish(n % 2 === 0 ? "even" : "odd", n, { topics: ["a"] });
  return ann;
}

export const events = rule("R12 Events", {
  core(world, it) {
    it.each([0, -1, 1.5, 1_001, "10"])("rejects the limit %j", async (limit) => {
      const ann = world.mesh().agent("Ann");
      await rejects(ann.events({ limit: limit as number }), "INVALID_ARGUMENTS", {
        path: "limit",
        maximum: 1_000,
      });
      await rejects(ann.list({ limit: limit as number }), "INVALID_ARGUMENTS");
      await rejects(ann.topics({ limit: limit as number }), "INVALID_ARGUMENTS");
    });

    it.each(["", "x", "c1", "c1.a.b.c", "c1.zz.0.0.0.0.0", `c1.${"a".repeat(3_000)}`, 7, null, {}])(
      "rejects %j as a cursor",
      async (since) => {
        const ann = world.mesh().agent("Ann");
        await rejects(ann.events({ since: since as Cursor }), "INVALID_CURSOR");
        const error = await rejects(() => ann.watch({ since: since as Cursor }), "INVALID_CURSOR");
        expect(error.retryable).toBe(false);
      },
    );
  },
  storage(world, it) {
    it.each([1, 2, 3, 4, 100])("lists events once and in order, by pages of %i", async (limit) => {
      const ann = await publishNine(world);
      const bea = ann.mesh.agent("Bea");
      await bea.subscribe(["b"]);
      expect(await allPages(ann, { limit })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await allPages(ann, { limit, types: ["even"] })).toEqual([2, 4, 6, 8]);
      expect(await allPages(ann, { limit, types: ["odd", "even"] })).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9,
      ]);
      expect(await allPages(ann, { limit, types: ["none"] })).toEqual([]);
      expect(await allPages(bea, { limit })).toEqual([5, 6, 7]);
      expect(await allPages(bea, { limit, types: ["even"] })).toEqual([6]);
      expect(await allPages(ann.mesh.system, { limit })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    it("returns every field of an event", async ({ mesh, bea, system }) => {
      const { id, created } = await mesh
        .agent("Ann")
        .publish("paid", { sum: 1 }, { topics: ["a"], subscribers: ["Bea"] });
      const { events: found } = await bea.events();
      expect([created, found]).toEqual([
        true,
        [
          {
            id,
            type: "paid",
            data: { sum: 1 },
            author: "Ann",
            topics: ["a"],
            at: new Date(world.clock()),
          },
        ],
      ]);
      await system.publish("paid", 2, { global: true });
      expect((await bea.events()).events[1]?.author).toBeUndefined();
    });
  },
  wrapper(world, it) {
    it("creates one event per id, the first", async ({ mesh, ann }) => {
      const publish = (data: number): Promise<{ created: boolean }> =>
        ann.publish("paid", data, { topics: ["a"], id: "order 7" });
      const calls = await Promise.all([publish(1), publish(2), publish(3)]);
      expect(calls.map(({ created }) => created)).toEqual([true, false, false]);
      expect((await publish(4)).created).toBe(false);
      expect((await ann.events()).events.map(({ data }) => data)).toEqual([1]);
      const conflicting = await ann.publish("other", 5, { global: true, id: "order 7" });
      expect(conflicting.created).toBe(false);
      expect((await mesh.stats()).events).toBe(1);
    });

    it("reports of a repeated event on the route that it has", async ({ ann, bea }) => {
      await bea.subscribe(["read"]);
      await ann.publish("paid", 1, { topics: ["read"], id: "order 7" });
      const other = { topics: ["unread"], subscribers: ["Ghost"], id: "order 7" };
      expect(await ann.publish("paid", 1, other)).toMatchObject({
        created: false,
        topicsWithoutSubscribers: [],
        unknownSubscribers: [],
      });
    });
  },
  compaction(world, it) {
    it("lists retained events after the log is compacted", async () => {
      const ann = await publishNine(world);
      const { cursor } = await ann.events({ limit: 2 });
      await ann.mesh.compact({ log: { commits: 1 } });
      expect(await allPages(ann, { limit: 2 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const feed = new Feed(ann.watch({ since: cursor }));
      await rejects(feed.next(), "CURSOR_COMPACTED");
      expect(feed.received).toEqual([]);
    });
  },
  pastSubscriptions(world, it) {
    it("advances the cursor past events that are filtered out", async () => {
      const ann = await publishNine(world);
      const { events: found, cursor } = await ann.events({ types: ["none"] });
      expect(found).toEqual([]);
      const feed = new Feed(ann.watch({ since: cursor }));
      expect(await feed.drain(ann.mesh)).toEqual([]);
    });

    it("shares cursors between events and watch", async () => {
      const ann = await publishNine(world);
      const { cursor } = await ann.events({ limit: 6 });
      const feed = new Feed(ann.watch({ since: cursor }));
      expect(await feed.drain(ann.mesh)).toEqual(["event odd=7", "event even=8", "event odd=9"]);
      const { events: found } = await ann.events({ since: feed.received[0]!.cursor });
      expect(found.map(({ data }) => data)).toEqual([8, 9]);
    });
  },
});
