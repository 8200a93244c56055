import { expect } from "vitest";
import type { ContextMesh, Cursor, LogFilter, MeshLogEntry } from "@syntha/core";
import { readLog, rejects, rule } from "../harness/index.ts";

/** A line for each entry. */
function lines(entries: readonly MeshLogEntry[]): string[] {
  return entries.map((entry) => {
    const head = `${entry.position}.${entry.index} ${entry.actor ?? "system"} ${entry.type}`;
    if (entry.type === "event") return `${head} ${entry.event?.type}`;
    if (entry.type === "topicDeleted") return `${head} ${entry.topic}`;
    if ("topics" in entry) return `${head} ${entry.agent} ${entry.topics.join(" ")}`;
    return `${head} ${"agent" in entry ? entry.agent : entry.key}`;
  });
}

async function listed(mesh: ContextMesh, filter: LogFilter = {}): Promise<string[]> {
  return lines((await mesh.system.log(filter)).entries);
}

/** Fourteen commits, the last of them with two entries. */
async function work(mesh: ContextMesh): Promise<void> {
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await ann.announce({ description: "Plans", capabilities: ["plan"] });
  await bea.subscribe(["work", "news"]);
  await ann.push("plan", { step: 1 }, { topics: ["work"] });
  await ann.push("plan", { step: 2 }, { topics: ["news"], subscribers: ["Cid"] });
  await bea.push("plan", { step: 3 });
  const lease = await bea.claim({ key: "plan" });
  await lease?.release();
  await ann.publish("planned", { by: "Ann" }, { topics: ["work"] });
  await mesh.setPermissions("Bea", { post: "*", subscribe: ["news"] });
  await mesh.system.push("note", "kept", { topics: ["old"], subscribers: ["Ann"] });
  await mesh.deleteTopic("old");
  await ann.delete("plan");
  await mesh.system.pushMany([
    { key: "a", value: 1, global: true },
    { key: "b", value: 2, global: true },
  ]);
}

const ALL = [
  "1.0 Ann announce Ann",
  "2.0 Bea subscribe Bea work news",
  "3.0 Ann put plan",
  "4.0 Ann put plan",
  "5.0 Bea put plan",
  "6.0 Bea lease plan",
  "7.0 Bea lease plan",
  "8.0 Ann event planned",
  "9.0 system unsubscribe Bea work",
  "9.1 system setPermissions Bea",
  "10.0 system put note",
  "11.0 system topicDeleted old",
  "11.1 system put note",
  "12.0 Ann delete plan",
  "13.0 system put a",
  "13.1 system put b",
];

export const logListing = rule("R12 Log as people read it", {
  core(_world, it) {
    it("reads on where no entry of many is selected", async ({ mesh, ann, bea }) => {
      for (let n = 0; n < 12; n++)
        await ann.pushMany(
          Array.from({ length: 1_000 }, (_, i) => ({ key: `${n}.${i}`, value: 0, global: true })),
        );
      await bea.push("it", 1, { global: true });
      const none = await mesh.system.log({ actor: "Bea" });
      expect([none.entries, none.more]).toEqual([[], true]);
      const rest = await mesh.system.log({ actor: "Bea", after: none.cursor });
      expect([lines(rest.entries), rest.more]).toEqual([["13.0 Bea put it"], false]);
    });
  },
  storage(world, it) {
    it("lists every change in order, with its actor", async ({ mesh, tenantId }) => {
      await work(mesh);
      const { entries, more, isHead, head, floor, at } = await mesh.system.log();
      expect(lines(entries)).toEqual(ALL);
      expect([more, isHead, head, floor, at.getTime()]).toEqual([
        false,
        true,
        13,
        0,
        world.clock(),
      ]);
      const stored = await readLog(world.storage, tenantId);
      expect(entries.map((entry) => entry.at.getTime())).toEqual(stored.map((entry) => entry.at));
    });

    it("has the route before and after a put, its value, and what else a change says", async () => {
      const { mesh } = world.team();
      await work(mesh);
      const { entries } = await mesh.system.log();
      const at = (name: string): unknown => entries[ALL.findIndex((line) => line.startsWith(name))];
      const owned = { global: false, owner: "Ann" };
      const first = { ...owned, topics: ["work"], subscribers: [], revision: 3 };
      const second = { ...owned, topics: ["news"], subscribers: ["Cid"], revision: 4 };
      expect(at("3.0")).toMatchObject({ before: undefined, after: first, value: { step: 1 } });
      expect(at("4.0")).toMatchObject({ before: first, after: second, value: { step: 2 } });
      expect(at("5.0")).toMatchObject({ after: { ...second, revision: 5 }, state: "open" });
      const until = new Date(world.clock() + 30_000);
      expect(at("6.0")).toMatchObject({ lease: { agent: "Bea", until } });
      expect(at("7.0")).toMatchObject({ lease: undefined });
      expect(at("8.0")).toMatchObject({ event: { data: { by: "Ann" }, author: "Ann" } });
      expect(at("9.1")).toMatchObject({ permissions: { post: "*", subscribe: ["news"] } });
      expect(at("12.0")).toMatchObject({ before: { topics: ["news"], owner: "Ann" } });
      expect(at("1.0")).toMatchObject({ description: "Plans", capabilities: ["plan"] });
    });

    it.for([1, 2, 3, 7, 1_000])(
      "returns the same entries by pages of %i",
      async (limit, { mesh }) => {
        await work(mesh);
        const found: string[] = [];
        for (let after: Cursor | undefined; ;) {
          const page = await mesh.system.log({ after, limit });
          found.push(...lines(page.entries));
          after = page.cursor;
          expect(page.isHead).toBe(!page.more);
          if (!page.more) break;
        }
        expect(found).toEqual(ALL);
      },
    );

    it("starts after a position, and after the cursor of any entry", async ({ mesh }) => {
      await work(mesh);
      expect(await listed(mesh, { after: 11 })).toEqual(ALL.slice(-3));
      expect(await listed(mesh, { after: 13 })).toEqual([]);
      const { entries } = await mesh.system.log();
      for (const [index, { cursor }] of entries.entries())
        expect(await listed(mesh, { after: cursor })).toEqual(ALL.slice(index + 1));
      await rejects(mesh.system.log({ after: 14 }), "INVALID_CURSOR");
    });

    it("goes on from its cursor when more is written", async ({ mesh, ann }) => {
      const { cursor } = await mesh.system.log();
      await ann.push("it", 1, { global: true });
      const next = await mesh.system.log({ after: cursor });
      expect(lines(next.entries)).toEqual(["1.0 Ann put it"]);
      await ann.delete("it");
      expect(await listed(mesh, { after: next.cursor })).toEqual(["2.0 Ann delete it"]);
    });

    it("starts with the newest commits, and pages back", async ({ mesh }) => {
      await work(mesh);
      expect(await listed(mesh, { last: 2 })).toEqual(ALL.slice(-3));
      const pages: string[][] = [];
      for (let before: number | undefined; before !== 1;) {
        const { entries, more } = await mesh.system.log({ last: 4, before });
        expect(more).toBe(false);
        pages.unshift(lines(entries));
        before = entries[0]?.position;
      }
      expect(pages.map((page) => page.length)).toEqual([1, 4, 5, 6]);
      expect(pages.flat()).toEqual(ALL);
      expect(await listed(mesh, { last: 1_000 })).toEqual(ALL);
      expect(await listed(mesh, { before: 3 })).toEqual(ALL.slice(0, 2));
    });

    it("returns a cursor before the first entry that `before` leaves out", async ({ mesh }) => {
      await work(mesh);
      const page = await mesh.system.log({ before: 12 });
      expect([page.more, page.isHead, page.entries.length]).toEqual([false, false, 13]);
      expect(await listed(mesh, { after: page.cursor })).toEqual(ALL.slice(13));
    });

    it.for<[LogFilter, RegExp]>([
      [{ key: "plan" }, / plan$/],
      [{ actor: "Bea" }, / Bea (subscribe|put|lease)/],
      [{ actor: "system" }, /^\S+ system/],
      [{ types: ["lease", "delete"] }, / (lease|delete) /],
      [{ topic: "work" }, /^(2|3|4|8|9)\.0/],
      [{ topic: "old" }, /^1[01]\./],
      [{ key: "plan", actor: "Ann", types: ["put"] }, /^[34]\./],
      [{ actor: "Nobody" }, /nothing/],
    ])("selects by %j", async ([filter, expected], { mesh }) => {
      await work(mesh);
      const matching = ALL.filter((line) => expected.test(line));
      expect(await listed(mesh, filter)).toEqual(matching);
      const found: string[] = [];
      for (let after: Cursor | undefined; ;) {
        const page = await mesh.system.log({ ...filter, after, limit: 1 });
        found.push(...lines(page.entries));
        after = page.cursor;
        if (!page.more) break;
      }
      expect(found).toEqual(matching);
    });

    it("has no values of expired items, and none that are not asked for", async () => {
      const { mesh, ann, system } = world.team();
      await ann.push("it", "secret", { global: true, ttl: "1m" });
      await ann.push("other", "plain", { global: true });
      const values = async (filter: LogFilter = {}): Promise<unknown[]> =>
        (await system.log(filter)).entries.map((entry) => entry.type === "put" && entry.value);
      expect(await values()).toEqual(["secret", "plain"]);
      expect(await values({ values: false })).toEqual([undefined, undefined]);
      world.clock.advance("1m");
      expect(await values()).toEqual([undefined, "plain"]);
      await mesh.sweep();
      expect(JSON.stringify(await system.log())).not.toContain("secret");
    });

    it("is empty for a new tenant", async ({ mesh }) => {
      for (const filter of [{}, { last: 5 }, { after: 0 }, { key: "none" }]) {
        const { entries, more, head, floor } = await mesh.system.log(filter);
        expect([entries, more, head, floor]).toEqual([[], false, 0, 0]);
      }
    });
  },
  compaction(world, it) {
    it("reports its floor, and refuses positions below", async ({ mesh }) => {
      await work(mesh);
      await mesh.compact({ log: { commits: 3 }, history: { commits: 11 } });
      const page = await mesh.system.log();
      expect([page.floor, lines(page.entries)]).toEqual([10, ALL.slice(-5)]);
      expect(await listed(mesh, { last: 100 })).toEqual(ALL.slice(-5));
      expect(await listed(mesh, { before: 5, last: 3 })).toEqual([]);
      const { details } = await rejects(mesh.system.log({ after: 9 }), "CURSOR_COMPACTED");
      expect(details).toEqual({ floor: 10 });
      // The history of a key reaches further back, without its leases.
      const history = [
        "3.0 Ann put plan",
        "4.0 Ann put plan",
        "5.0 Bea put plan",
        "12.0 Ann delete plan",
      ];
      expect(await listed(mesh, { key: "plan" })).toEqual(history);
    });
  },
});
