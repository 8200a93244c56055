import { expect } from "vitest";
import type { AgentContext, ChangeFilter, ChangeListing, Cursor } from "@syntha/core";
import { Feed, formatChange, readPages, rejects, rule, times } from "../harness/index.ts";

export const changes = rule(
  "R12 Changes feed",
  {
    core(world, it) {
      it("filters by topics, keys, a prefix or event types", async ({ ann, bea }) => {
        await bea.subscribe(["x", "y"]);
        const since = (await bea.changes()).cursor;
        await ann.push("a", 1, { topics: ["x"] });
        await ann.push("b", 1, { topics: ["y"] });
        await ann.publish("happened", 1, { topics: ["x"] });
        const emitted = async (filter: ChangeFilter): Promise<string[]> =>
          (await bea.changes({ since, ...filter })).changes.map(formatChange);
        expect(await emitted({ topics: ["x"] })).toEqual(["put a=1", "event happened=1"]);
        expect(await emitted({ keys: ["b"] })).toEqual(["put b=1"]);
        expect(await emitted({ prefix: "a" })).toEqual(["put a=1"]);
        expect(await emitted({ types: ["happened"] })).toEqual(["event happened=1"]);
      });
    },
    storage(world, it) {
      it("returns the current cursor, then whole items", async ({ ann, bea }) => {
        await ann.push("before", 1, { global: true });
        const start = await bea.changes();
        expect(start).toEqual({
          changes: [],
          cursor: start.cursor,
          more: false,
          at: new Date(world.clock()),
        });
        await ann.push("it", { a: [1] }, { subscribers: ["Bea"], ttl: "1h" });
        world.clock.advance("5m");
        const news = await bea.changes({ since: start.cursor });
        const cursor = news.changes[0]!.cursor;
        expect(news).toEqual({
          changes: [{ type: "put", item: await bea.getItem("it"), cursor }],
          cursor: news.cursor,
          more: false,
          at: new Date(world.clock()),
        });
      });

      it("returns nothing while nothing changes", async ({ bea }) => {
        const { cursor } = await bea.changes();
        const again = await bea.changes({ since: cursor });
        expect(again.changes).toEqual([]);
        expect((await bea.changes({ since: again.cursor })).changes).toEqual([]);
      });

      it("returns a write as soon as it is acknowledged", async ({ ann, bea }) => {
        let { cursor } = await bea.changes();
        for (let n = 0; n < 20; n++) {
          // A watch reads the same position: its earlier read must not be shared with this call.
          const feed = new Feed(bea.watch({ since: cursor }));
          await ann.push("it", n, { global: true });
          const news = await bea.changes({ since: cursor });
          expect(news.changes.map(formatChange)).toEqual([`put it=${n}`]);
          ({ cursor } = news);
          await feed.watch.return();
        }
      });

      it("returns the changes and cursors of a watch", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["news"]);
        await ann.pushMany(
          ["a", "b", "c"].map((key) => ({
            key,
            value: 1,
            topics: [key === "c" ? "else" : "news"],
          })),
        );
        const { cursor } = await bea.changes();
        await ann.push("a", 2);
        await ann.push("hidden", 1, { topics: ["empty"] });
        await ann.publish("happened", { n: 1 }, { topics: ["news"] });
        await bea.subscribe(["else"]);
        await ann.push("b", 3, { subscribers: ["Cid"] });
        await ann.delete("a");
        await ann.push("short", 1, { topics: ["news"], ttl: "1m" });
        world.clock.advance("2m");
        await mesh.sweep();
        await bea.unsubscribe(["else"]);
        await ann.push("d", 1, { topics: ["news"] });

        const feed = new Feed(bea.watch({ since: cursor }));
        const emitted = await feed.takeUntil(
          (change) => change.type === "put" && change.item.key === "d",
        );
        for (const limit of [1, 2, 3, 1_000]) {
          const pages = await allPages(bea, { since: cursor, limit });
          expect(pages.flatMap((page) => page.changes).slice(0, -1)).toEqual(emitted);
          expect(pages.every((page) => page.changes.length <= limit)).toBe(true);
          // The cursor is past changes that this agent does not see.
          expect((await bea.changes({ since: pages.at(-1)!.cursor })).changes).toEqual([]);
        }
        expect(emitted.map(formatChange)).toEqual([
          "put a=2",
          'event happened={"n":1}',
          "hide b",
          "delete a",
          "expire short",
          "hide c",
        ]);
      });

      it("pages what one subscription brings into view", async ({ ann, bea }) => {
        const keys = times(250, (n) => `item ${String(n).padStart(3, "0")}`);
        await ann.pushMany(keys.map((key) => ({ key, value: 1, topics: ["news"] })));
        const { cursor } = await bea.changes();
        await bea.subscribe(["news"]);
        const pages = await allPages(bea, { since: cursor, limit: 60 });
        expect(pages.map((page) => page.changes.length)).toEqual([60, 60, 60, 60, 10]);
        expect(pages.flatMap((page) => page.changes).map(formatChange)).toEqual(
          keys.map((key) => `put ${key}=1`),
        );
      });

      it("shares cursors with watch", async ({ mesh, ann, bea }) => {
        const feed = new Feed(bea.watch({ initial: true }));
        expect(await feed.lines(1)).toEqual(["ready"]);
        await ann.push("a", 1, { global: true });
        const first = await bea.changes({ since: feed.received[0]!.cursor });
        expect(first.changes.map(formatChange)).toEqual(["put a=1"]);
        const then = new Feed(bea.watch({ since: first.cursor }));
        expect(await then.drain(mesh)).toEqual([]);
        // From within the initial listing: the rest of it, then later changes.
        await ann.pushMany(["b", "c"].map((key) => ({ key, value: 1, global: true })));
        const again = new Feed(bea.watch({ initial: true }));
        const [, half] = await again.take(2);
        await ann.push("c", 2);
        const rest = await bea.changes({ since: half!.cursor });
        expect(rest.changes.map(formatChange).at(-1)).toBe("put c=2");
        expect(rest.changes.map(formatChange)).not.toContain("put a=1");
      });

      it("rejects a compacted or invalid cursor", async ({ mesh, ann }) => {
        const since = (await ann.changes()).cursor;
        await ann.push("a", 1, { global: true });
        await ann.push("a", 2);
        await mesh.compact({ log: { commits: 1 } });
        const { details } = await rejects(ann.changes({ since }), "CURSOR_COMPACTED");
        expect(details).toEqual({ floor: (await mesh.stats()).floor });
        await rejects(ann.changes({ since: "nonsense" as Cursor }), "INVALID_CURSOR");
        await rejects(ann.changes({ limit: 0 }), "INVALID_ARGUMENTS");
      });
    },
  },
  ["pastSubscriptions"],
);

function allPages(agent: AgentContext, filter: ChangeFilter): Promise<ChangeListing[]> {
  return readPages(
    (since: Cursor | undefined = filter.since) => agent.changes({ ...filter, since }),
    ({ more, cursor }) => (more ? cursor : undefined),
  );
}
