import { expect, it } from "vitest";
import type { AgentContext, ChangeFilter, ChangeListing, Cursor } from "@syntha/core";
import type { StorageContract } from "../contract.ts";
import { Feed, formatChange } from "../harness/feed.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

export function changes(contract: StorageContract): void {
  rule(contract, "R12 Changes, asked for", (world) => {
    it("tells where the log stands, and from there what a read of the whole item gives", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      await mesh.agent("Ann").push("before", 1, { global: true });
      const start = await bea.changes();
      expect(start).toEqual({
        changes: [],
        cursor: start.cursor,
        more: false,
        at: new Date(world.clock()),
      });
      await mesh.agent("Ann").push("it", { a: [1] }, { subscribers: ["Bea"], ttl: "1h" });
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

    it("tells nothing, again and again, where nothing has happened", async () => {
      const bea = world.mesh().agent("Bea");
      const { cursor } = await bea.changes();
      const again = await bea.changes({ since: cursor });
      expect(again.changes).toEqual([]);
      expect((await bea.changes({ since: again.cursor })).changes).toEqual([]);
    });

    it("tells a write as soon as it is acknowledged", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      let { cursor } = await bea.changes();
      for (let n = 0; n < 20; n++) {
        // An idle watch reads the same place: what it has under way must not be what this is told.
        const feed = new Feed(bea.watch({ since: cursor }));
        await mesh.agent("Ann").push("it", n, { global: true });
        const news = await bea.changes({ since: cursor });
        expect(news.changes.map(formatChange)).toEqual([`put it=${n}`]);
        ({ cursor } = news);
        await feed.watch.return();
      }
    });

    it("tells, page by page, what a watch from the same place tells, with the same cursors", async () => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
      await bea.subscribe(["news"]);
      await ann.pushMany(
        ["a", "b", "c"].map((key) => ({ key, value: 1, topics: [key === "c" ? "else" : "news"] })),
      );
      const { cursor } = await bea.changes();
      await ann.push("a", 2);
      await ann.push("hidden", 1, { topics: ["nobody"] });
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
      const told = await feed.takeUntil(
        (change) => change.type === "put" && change.item.key === "d",
      );
      for (const limit of [1, 2, 3, 1_000]) {
        const pages = await allPages(bea, { since: cursor, limit });
        expect(pages.flatMap((page) => page.changes).slice(0, -1)).toEqual(told);
        expect(pages.every((page) => page.changes.length <= limit)).toBe(true);
        // Also past what this agent does not see.
        expect((await bea.changes({ since: pages.at(-1)!.cursor })).changes).toEqual([]);
      }
      expect(told.map(formatChange)).toEqual([
        "put a=2",
        'event happened={"n":1}',
        "hide b",
        "delete a",
        "expire short",
        "hide c",
      ]);
    });

    it("tells what one subscription brings in over several pages, each item once", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      const keys = Array.from({ length: 250 }, (_, n) => `item ${String(n).padStart(3, "0")}`);
      await mesh.agent("Ann").pushMany(keys.map((key) => ({ key, value: 1, topics: ["news"] })));
      const { cursor } = await bea.changes();
      await bea.subscribe(["news"]);
      const pages = await allPages(bea, { since: cursor, limit: 60 });
      expect(pages.map((page) => page.changes.length)).toEqual([60, 60, 60, 60, 10]);
      expect(pages.flatMap((page) => page.changes).map(formatChange)).toEqual(
        keys.map((key) => `put ${key}=1`),
      );
    });

    it("tells only what is on the topics, or of the keys, that it is asked for", async () => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
      await bea.subscribe(["x", "y"]);
      const since = (await bea.changes()).cursor;
      await ann.push("a", 1, { topics: ["x"] });
      await ann.push("b", 1, { topics: ["y"] });
      await ann.publish("happened", 1, { topics: ["x"] });
      const told = async (filter: ChangeFilter): Promise<string[]> =>
        (await bea.changes({ since, ...filter })).changes.map(formatChange);
      expect(await told({ topics: ["x"] })).toEqual(["put a=1", "event happened=1"]);
      expect(await told({ keys: ["b"] })).toEqual(["put b=1"]);
    });

    it("goes on, in either way, from a cursor of the other", async () => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
      const feed = new Feed(bea.watch({ initial: true }));
      expect(await feed.lines(1)).toEqual(["ready"]);
      await ann.push("a", 1, { global: true });
      const first = await bea.changes({ since: feed.received[0]!.cursor });
      expect(first.changes.map(formatChange)).toEqual(["put a=1"]);
      const then = new Feed(bea.watch({ since: first.cursor }));
      expect(await then.drain(mesh)).toEqual([]);
      // Half way through what was visible at first: the rest of it, and then what follows.
      await ann.pushMany(["b", "c"].map((key) => ({ key, value: 1, global: true })));
      const again = new Feed(bea.watch({ initial: true }));
      const [, half] = await again.take(2);
      await ann.push("c", 2);
      const rest = await bea.changes({ since: half!.cursor });
      expect(rest.changes.map(formatChange).at(-1)).toBe("put c=2");
      expect(rest.changes.map(formatChange)).not.toContain("put a=1");
    });

    it("refuses a cursor that was compacted away, or is none", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const since = (await ann.changes()).cursor;
      await ann.push("a", 1, { global: true });
      await ann.push("a", 2);
      await mesh.compact({ log: { commits: 1 } });
      const { details } = await rejects(ann.changes({ since }), "CURSOR_COMPACTED");
      expect(details).toEqual({ floor: (await mesh.stats()).floor });
      await rejects(ann.changes({ since: "nonsense" as Cursor }), "INVALID_CURSOR");
      await rejects(ann.changes({ limit: 0 }), "INVALID_ARGUMENTS");
    });
  });
}

async function allPages(agent: AgentContext, filter: ChangeFilter): Promise<ChangeListing[]> {
  const pages: ChangeListing[] = [];
  for (let { since } = filter; ;) {
    const page = await agent.changes({ ...filter, since });
    pages.push(page);
    if (!page.more) return pages;
    since = page.cursor;
  }
}
