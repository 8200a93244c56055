import { expect } from "vitest";
import type { ContextMesh, CopyProgress, Cursor } from "@syntha/core";
import { rejects, rule, times } from "../harness/index.ts";

/** Five commits, then five that undo them. */
async function work(mesh: ContextMesh): Promise<void> {
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["news"]);
  await ann.push("plan", "first", { topics: ["news"] });
  await ann.publish("planned", 1, { topics: ["news"], id: "e1" });
  await mesh.setPermissions("Cid", { subscribe: ["news"] });
  await ann.announce({ description: "Plans" });
  await bea.unsubscribe(["news"]);
  await ann.push("plan", "second", { subscribers: ["Cid"] });
  await ann.publish("planned", 2, { topics: ["news"], id: "e2" });
  await mesh.setPermissions("Cid", null);
  await ann.delete("plan");
}

export const past = rule(
  "R12 The mesh at an earlier position",
  {
    dump(world, it) {
      it("shows what agents saw after a commit", async ({ mesh }) => {
        await work(mesh);
        const then = await mesh.at(5);
        expect([then.position, then.time.getTime()]).toEqual([5, world.clock()]);
        const [ann, bea] = [then.agent("Ann"), then.agent("Bea")];
        expect([await bea.get("plan"), await bea.subscriptions()]).toEqual(["first", ["news"]]);
        expect(await bea.getItem("plan")).toMatchObject({ owner: "Ann", revision: 2 });
        expect((await bea.events()).events.map(({ id }) => id)).toEqual(["e1"]);
        expect(await then.permissions("Cid")).toMatchObject({ subscribe: ["news"], post: [] });
        expect(await then.subscribers("news")).toEqual(["Bea"]);
        expect(await then.agents()).toMatchObject({
          agents: [{ name: "Ann" }, { name: "Bea" }, { name: "Cid" }],
        });
        expect((await then.topics()).topics).toEqual([{ name: "news", items: 1, subscribers: 1 }]);
        expect(await then.stats()).toMatchObject({
          items: 1,
          events: 1,
          revision: 5,
          logEntries: 5,
        });
        expect((await ann.explain("plan")).reasons).toEqual([{ kind: "owner" }]);
        const { visibleTo } = await then.system.audience("plan");
        expect(visibleTo).toBe(2);
        expect(await (await mesh.at(10)).agent("Ann").get("plan")).toBeUndefined();
      });

      it("explains, and has the history and the log up to its position", async ({ mesh }) => {
        await work(mesh);
        const explain = async (position: number): Promise<unknown> => {
          const then = await mesh.at(position);
          const { visible, notVisibleBecause } = await then.system.explain("Bea", "plan");
          const history = (await then.system.history("plan")).map(({ value }) => value);
          const { entries, head, isHead } = await then.system.log({ last: 2 });
          return [
            visible,
            notVisibleBecause,
            history,
            entries.map((e) => e.position),
            head,
            isHead,
          ];
        };
        expect(await explain(1)).toEqual([false, "absent", [], [1], 1, true]);
        expect(await explain(2)).toEqual([true, undefined, ["first"], [1, 2], 2, true]);
        expect(await explain(7)).toEqual([
          false,
          "not addressed",
          ["first", "second"],
          [6, 7],
          7,
          true,
        ]);
        expect(await explain(10)).toEqual([
          false,
          "deleted",
          ["first", "second", undefined],
          [9, 10],
          10,
          true,
        ]);
      });

      it("is empty at position 0, and for a tenant that does not exist", async ({ mesh }) => {
        const none = await mesh.at(0);
        expect([await none.system.keys(), (await none.stats()).revision]).toEqual([[], 0]);
        await work(mesh);
        const start = await mesh.at(0);
        expect([await start.system.keys(), (await start.agents()).agents]).toEqual([[], []]);
      });

      it("knows the agents of then, also those of the same millisecond", async ({ mesh, ann }) => {
        const known = async (position: number): Promise<readonly string[]> =>
          (await (await mesh.at(position)).agents()).agents.map(({ name }) => name);
        await mesh.agent("Bea").announce({ description: "First" });
        await mesh.setPermissions("Cid", { post: ["a"] });
        await ann.push("it", 1, { global: true });
        await mesh.agent("Dan").subscribe(["a"]);
        for (let n = 0; n < 4; n++) await ann.push("it", n);
        const all = ["Ann", "Bea", "Cid", "Dan"];
        const expected = [[], ["Bea"], ["Bea", "Cid"], all.slice(0, 3), all, all, all, all, all];
        for (const [position, names] of expected.entries())
          expect([position, await known(position)]).toEqual([position, names]);
      });

      it("shows tasks as they were held, finished and deleted", async ({ mesh, ann, bea }) => {
        const tasks = times(3, (n) => ({ key: `task:${n}`, value: n, global: true as const }));
        const after = { key: "task:3", value: 3, global: true, dependsOn: ["task:1"] } as const;
        await ann.pushMany([...tasks, after]);
        const first = await bea.claim({ key: "task:0" }, { lease: "1h" });
        const second = await bea.claim({ key: "task:1" }, { lease: "1h" });
        await first?.release();
        await second?.complete("done");
        await ann.delete("task:2");
        await ann.push("task:2", "again", { global: true });
        await ann.push("late", 1, { global: true });
        const { revision } = await mesh.stats();
        const states = async (at: number): Promise<unknown> =>
          (await (await mesh.at(at)).system.list()).items.map(
            ({ key, state, value, pendingDependencies }) =>
              [key.slice(-1), state[0], JSON.stringify(value), ...pendingDependencies].join(" "),
          );
        const early = ["0 o 0", "1 o 1", "2 o 2", "3 o 3 task:1"];
        expect(await states(1)).toEqual(early);
        expect(await states(2)).toEqual(["0 c 0", ...early.slice(1)]);
        expect(await states(3)).toEqual(["0 c 0", "1 c 1", ...early.slice(2)]);
        expect(await states(4)).toEqual(["0 o 0", "1 c 1", ...early.slice(2)]);
        expect(await states(5)).toEqual(["0 o 0", '1 d "done"', "2 o 2", "3 o 3"]);
        expect(await states(6)).toEqual(["0 o 0", '1 d "done"', "3 o 3"]);
        expect(await states(7)).toEqual(["0 o 0", '1 d "done"', '2 o "again"', "3 o 3"]);
        expect(await states(revision)).toHaveLength(5);
      });

      it("refuses what would write, and leads to other positions", async ({ mesh, ann }) => {
        await work(mesh);
        const then = await mesh.at(5);
        await rejects(then.agent("Ann").push("plan", "other"), "FORBIDDEN");
        await rejects(then.agent("Ann").subscribe(["x"]), "FORBIDDEN");
        await rejects(then.agent("Ann").claim({ key: "plan" }), "FORBIDDEN");
        await rejects(then.deleteTopic("news"), "FORBIDDEN");
        await rejects(then.sweep(), "FORBIDDEN");
        await rejects(then.compact({ log: { commits: 0 } }), "FORBIDDEN");
        expect(await (await then.at(4)).system.get("plan")).toBe("first");
        // What came later is not there.
        await rejects(then.at(7), "INVALID_CURSOR");
        await rejects(then.agent("Ann").subscriptions({ at: 7 }), "INVALID_CURSOR");
        const { cursor: since } = await ann.changes();
        await rejects(then.agent("Ann").changes({ since }), "INVALID_CURSOR");
        await rejects(then.agent("Ann").watch({ since }).next(), "INVALID_CURSOR");
        await then.close();
        await rejects(then.system.get("plan"), "CLOSED");
        await ann.push("plan", "third", { global: true });
        expect((await mesh.stats()).revision).toBe(11);
      });

      it("pages through events and items as then", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["a"]);
        await ann.pushMany(times(9, (n) => ({ key: `k${n}`, value: n, topics: ["a"] })));
        for (let n = 0; n < 9; n++) await ann.publish("made", n, { topics: ["a"] });
        await bea.unsubscribe(["a"]);
        const then = (await mesh.at(8)).agent("Bea");
        const found: unknown[] = [];
        for (let since: Cursor | undefined; ;) {
          const { events, cursor } = await then.events({ since, limit: 4 });
          found.push(...events.map(({ data }) => data));
          if (events.length < 4) break;
          since = cursor;
        }
        expect(found).toHaveLength(6);
        const { items, nextPage } = await then.list({ limit: 5 });
        const rest = await then.list({ limit: 5, page: nextPage });
        expect([items.length, rest.items.length]).toEqual([5, 4]);
      });

      it("does not change with the mesh", async ({ mesh, ann, system }) => {
        await ann.push("it", 1, { global: true });
        const then = await mesh.at(1);
        await ann.push("it", 2);
        await ann.push("new", 1, { global: true });
        expect([await then.system.getAll(), await system.get("it")]).toEqual([{ it: 1 }, 2]);
      });

      it("has no value of an item that has expired since", async ({ mesh, ann, bea }) => {
        await ann.push("it", "secret", { global: true, ttl: "1m" });
        await ann.push("other", "plain", { global: true });
        const read = async (): Promise<unknown> => {
          const then = (await mesh.at(2)).agent("Bea");
          const { items, corrupt } = await then.list();
          expect(items.map(({ value }) => value)).toEqual(["plain"]);
          expect(corrupt[0]).toMatchObject({ key: "it", owner: "Ann", revision: 1 });
          const error = await rejects(then.get("it"), "CORRUPT_DATA");
          expect(error.details).toEqual({ key: "it", missing: true });
          return JSON.stringify([await then.explain("it"), items, corrupt]);
        };
        expect(await (await mesh.at(2)).agent("Bea").get("it")).toBe("secret");
        world.clock.advance("1m");
        expect(await bea.get("it")).toBeUndefined();
        expect(await read()).not.toContain("secret");
        await mesh.sweep();
        expect(await read()).not.toContain("secret");
        expect(await (await mesh.at(3)).agent("Bea").keys()).toEqual(["other"]);
      });

      it("reads the same while others write", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["a"]);
        await ann.pushMany(times(50, (n) => ({ key: `k${n}`, value: n, topics: ["a"] })));
        const expected = await bea.getAll();
        const { revision } = await mesh.stats();
        let isDone = false;
        const writing = (async () => {
          for (let n = 0; !isDone; n++) {
            await ann.push(`k${n % 50}`, -1, { topics: ["b"] });
            if (n % 3 === 0) await ann.delete(`k${(n + 25) % 50}`);
            if (n % 7 === 0) await bea.unsubscribe(["a"]);
          }
        })();
        for (let n = 0; n < 5; n++) {
          const then = await mesh.at(revision);
          expect(await then.agent("Bea").getAll()).toEqual(expected);
        }
        isDone = true;
        await writing;
      });

      it("ends with its signal, and reports its progress", async ({ mesh, ann }) => {
        await ann.pushMany(times(1_000, (n) => ({ key: `k${n}`, value: n, global: true })));
        const found: CopyProgress[] = [];
        await mesh.at(1, { onProgress: (progress) => found.push(progress) });
        expect(found).toEqual([{ section: "items", done: 1_000, total: 1_000 }]);
        await rejects(mesh.at(1, { signal: AbortSignal.abort() }), "ABORTED");
      });
    },
    compaction(world, it) {
      it("shows what the log holds from its floor on", async ({ mesh, ann, bea, system }) => {
        await bea.subscribe(["a"]);
        await ann.push("kept", 1, { topics: ["a"] });
        await ann.push("replaced", "old", { topics: ["a"], ttl: "1h" });
        await mesh.setPermissions("Cid", { post: ["a"] });
        await ann.push("other", 1, { global: true });
        await ann.push("replaced", "new", { subscribers: ["Cid"], ttl: "1h" });
        await mesh.setPermissions("Cid", null);
        await mesh.compact({ log: { commits: 3 } });
        const then = await mesh.at(5);
        expect(await then.agent("Bea").keys()).toEqual(["kept", "other", "replaced"]);
        const { corrupt } = await then.system.list({ prefix: "rep" });
        expect(corrupt[0]).toMatchObject({ topics: ["a"], owner: "Ann", revision: 3 });
        expect(corrupt[0]?.error.details).toEqual({ key: "replaced", missing: true });
        const error = await rejects(then.permissions("Cid"), "CORRUPT_DATA");
        expect(error.details).toEqual({ agent: "Cid", missing: true });
        expect(await (await mesh.at(6)).system.get("replaced")).toBe("new");
        expect(await (await mesh.at(4)).system.keys()).toEqual(["kept", "replaced"]);
        const { details } = await rejects(mesh.at(3), "CURSOR_COMPACTED");
        expect(details).toEqual({ floor: 4 });
        await rejects(mesh.at(8), "INVALID_CURSOR");
        await rejects(mesh.agent("Bea").subscriptions({ at: 3 }), "CURSOR_COMPACTED");
        expect(await mesh.agent("Bea").subscriptions({ at: 4 })).toEqual(["a"]);
        expect(await system.get("replaced")).toBe("new");
      });
    },
  },
  ["dump", "pastSubscriptions"],
);
