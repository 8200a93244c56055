import { expect } from "vitest";
import type { RouteInput, WatchOptions } from "@syntha/core";
import { Feed, formatChange, rejects, rule, times, waitFor } from "../harness/index.ts";

export const watch = rule(
  "R12 Watch",
  {
    core(world, it) {
      it.for<[string, WatchOptions, Readonly<Record<number, string>>]>([
        [
          "one topic",
          { topics: ["a"] },
          { 0: "put 1=1", 1: "put 2=1", 4: "event e=1", 6: "hide 2", 7: "put 3=2", 8: "delete 1" },
        ],
        [
          "two topics",
          { topics: ["a", "b"] },
          {
            0: "put 1=1",
            1: "put 2=1",
            2: "put 3=1",
            4: "event e=1",
            6: "put 2=2",
            7: "put 3=2",
            8: "delete 1",
          },
        ],
        ["keys", { keys: ["2", "4"] }, { 1: "put 2=1", 3: "put 4=1", 6: "put 2=2" }],
        [
          "keys on a topic",
          { keys: ["2", "3"], topics: ["a"] },
          { 1: "put 2=1", 6: "hide 2", 7: "put 3=2" },
        ],
        ["a prefix", { prefix: "2" }, { 1: "put 2=1", 6: "put 2=2" }],
        ["a prefix on a topic", { prefix: "2", topics: ["a"] }, { 1: "put 2=1", 6: "hide 2" }],
        ["keys with a prefix", { keys: ["2", "4"], prefix: "4" }, { 3: "put 4=1" }],
        ["event types", { types: ["e", "g"] }, { 4: "event e=1" }],
        ["event types on a topic", { types: ["e", "f"], topics: ["c"] }, { 5: "event f=1" }],
        [
          "a prefix and event types",
          { prefix: "3", types: ["f"] },
          { 2: "put 3=1", 5: "event f=1", 7: "put 3=2" },
        ],
      ])("emits only changes of %s", async ([, options, expected], { ann, system }) => {
        const feed = new Feed(system.watch(options));
        const steps: readonly (() => Promise<unknown>)[] = [
          () => ann.push("1", 1, { topics: ["a"] }),
          () => ann.push("2", 1, { topics: ["a"] }),
          () => ann.push("3", 1, { topics: ["b"] }),
          () => ann.push("4", 1, { global: true }),
          () => ann.publish("e", 1, { topics: ["a"] }),
          () => ann.publish("f", 1, { topics: ["c"] }),
          () => ann.push("2", 2, { topics: ["b"] }),
          () => ann.push("3", 2, { topics: ["a"] }),
          () => ann.delete("1"),
        ];
        for (const [n, step] of steps.entries()) {
          await step();
          const emitted = expected[n] === undefined ? [] : await feed.lines(1);
          expect([n, ...emitted]).toEqual(expected[n] === undefined ? [n] : [n, expected[n]]);
        }
        const { cursor } = await system.changes();
        await waitFor("the watch has emitted nothing else", () => feed.watch.cursor === cursor);
      });

      it("reports dropped changes to a slow watch only", async ({ mesh, ann, bea, cid }) => {
        const stuck = new Feed(cid.watch({ buffer: 1 }));
        const slow = new Feed(bea.watch({ buffer: 4 }));
        const fast = new Feed(bea.watch());
        const names = (n: number): string => `item ${String(n).padStart(4, "0")}`;
        let pushed = 0;
        let last: Awaited<ReturnType<Feed["next"]>>;
        // Each round pushes more than it takes, until the buffer overflows.
        do {
          const batch = times(20, () => ({ key: names(++pushed), value: pushed, global: true }));
          await ann.pushMany(batch);
          expect((await fast.take(20)).map(formatChange)).toEqual(
            batch.map(({ key, value }) => `put ${key}=${value}`),
          );
          last = await slow.next();
        } while (last.type !== "lagged");
        const taken = slow.received.slice(0, -1).map(formatChange);
        const all = fast.received.map(formatChange);
        expect(taken).toEqual(all.slice(0, taken.length));
        const resumed = new Feed(bea.watch({ since: last.cursor }));
        expect(await resumed.drain(mesh)).toEqual(all.slice(taken.length));
        await fast.take(1);
        // The next change is the first one after those dropped.
        let { dropped } = last;
        let next: Awaited<ReturnType<Feed["next"]>>;
        do {
          await ann.push(names(++pushed), pushed, { global: true });
          await fast.take(1);
          next = await slow.next();
          if (next.type === "lagged") dropped += next.dropped;
        } while (next.type === "lagged");
        const puts = fast.received.map(formatChange).filter((text) => !text.includes("mark"));
        expect(puts.indexOf(formatChange(next))).toBe(taken.length + dropped);
        expect(stuck.received).toEqual([]);
      });

      it("ends with its signal, its return and its mesh", async ({ mesh, ann }) => {
        const ended = { done: true, value: undefined };
        const controller = new AbortController();
        const bySignal = ann.watch({ signal: controller.signal });
        const waiting = bySignal.next();
        controller.abort();
        expect(await waiting).toEqual(ended);
        expect(await bySignal.next()).toEqual(ended);
        expect(await ann.watch({ signal: AbortSignal.abort() }).next()).toEqual(ended);
        const byReturn = ann.watch({ initial: true });
        expect((await byReturn.next()).value?.type).toBe("ready");
        const pending = byReturn.next();
        expect(await byReturn.return()).toEqual(ended);
        expect([await pending, await byReturn.next()]).toEqual([ended, ended]);
        const byMesh = ann.watch();
        const open = byMesh.next();
        await mesh.close();
        expect([await open, await byMesh.next()]).toEqual([ended, ended]);
      });

      it("ends when a for-await loop breaks", async ({ ann }) => {
        await ann.push("it", 1, { global: true });
        const feed = ann.watch({ initial: true });
        for await (const change of feed) if (change.type === "ready") break;
        expect(await feed.next()).toEqual({ done: true, value: undefined });
      });

      it.each<[string, unknown]>([
        ["both initial and since", { initial: true, since: "c1.a.1.0.1" }],
        ["a buffer of zero", { buffer: 0 }],
        ["a fractional buffer", { buffer: 1.5 }],
        ["no topics", { topics: [] }],
        ["no keys", { keys: [] }],
        ["no event types", { types: [] }],
        ["a prefix that is no string", { prefix: 5 }],
        ["a string for a list", { topics: "a" }],
      ])("rejects %s", async (_, options) => {
        const ann = world.mesh().agent("Ann");
        const error = await rejects(() => ann.watch(options as WatchOptions), "INVALID_ARGUMENTS");
        expect(error.details).toHaveProperty("path");
      });
    },
    storage(world, it) {
      it("emits whole items", async ({ ann, bea }) => {
        const feed = new Feed(bea.watch());
        await ann.push("it", { a: [1] }, { subscribers: ["Bea"], ttl: "1h" });
        const [change] = await feed.take(1);
        expect(change).toEqual({
          type: "put",
          item: await bea.getItem("it"),
          cursor: change!.cursor,
        });
      });

      it("emits visible items in key order, ready, then changes", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["a"]);
        for (const key of ["c", "a", "\u{1F98A}", "b", "\uE000"])
          await ann.push(key, 1, { topics: ["a"] });
        await ann.push("hidden", 1, { topics: ["b"] });
        const feed = new Feed(bea.watch({ initial: true }));
        await ann.push("a", 2);
        await ann.push("d", 1, { topics: ["a"] });
        await ann.delete("b");
        const lines = await feed.drain(mesh);
        const ready = lines.indexOf("ready");
        const [first, then] = [lines.slice(0, ready), lines.slice(ready + 1)];
        expect(then.slice(-3)).toEqual(["put a=2", "put d=1", "delete b"]);
        // An item rewritten during the listing is emitted once, with its new value.
        const unmoved = first.filter((text) => !/^put [ab]=/.test(text));
        expect(unmoved).toEqual(["put c=1", "put \uE000=1", "put \u{1F98A}=1"]);
        expect(first).toEqual(
          [...first].sort((x, y) => (x.codePointAt(4)! < y.codePointAt(4)! ? -1 : 1)),
        );
      });

      it("emits more than one page of visible items", async ({ ann, bea }) => {
        const keys = times(450, (n) => `item ${String(n).padStart(3, "0")}`);
        await ann.pushMany(keys.map((key) => ({ key, value: 1, global: true })));
        const feed = new Feed(bea.watch({ initial: true, buffer: 16 }));
        const changes = await feed.takeUntil(({ type }) => type === "ready");
        expect(changes.map(formatChange)).toEqual(keys.map((key) => `put ${key}=1`));
      });

      it("emits each change of a large commit in order", async ({ mesh, ann, bea }) => {
        const feed = new Feed(bea.watch());
        const keys = times(700, (n) => `item ${699 - n}`);
        await ann.pushMany(keys.map((key) => ({ key, value: 1, global: true })));
        expect(await feed.drain(mesh)).toEqual(keys.map((key) => `put ${key}=1`));
      });

      it("emits what a new subscription brings into view", async ({ mesh, ann, bea, cid }) => {
        await bea.subscribe(["known"]);
        await ann.push("b", 1, { topics: ["news"] });
        await ann.push("a", 1, { topics: ["news", "sports"] });
        await ann.push("both", 1, { topics: ["news", "known"] });
        await ann.push("named", 1, { topics: ["news"], subscribers: ["Bea"] });
        await ann.push("other", 1, { topics: ["else"] });
        await ann.publish("happened", 1, { topics: ["news"] });
        const feed = new Feed(bea.watch());
        await bea.subscribe(["news", "sports"]);
        await ann.push("c", 1, { topics: ["news"] });
        await cid.subscribe(["else"]);
        expect(await feed.drain(mesh)).toEqual(["put a=1", "put b=1", "put c=1"]);
      });

      it("emits hide without values on unsubscribe", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["news", "known"]);
        await ann.push("b", "secret", { topics: ["news"] });
        await ann.push("a", "secret", { topics: ["news"] });
        await ann.push("both", 1, { topics: ["news", "known"] });
        await ann.push("named", 1, { topics: ["news"], subscribers: ["Bea"] });
        await bea.push("own", 1, { topics: ["news"] });
        const feed = new Feed(bea.watch());
        await bea.unsubscribe(["news"]);
        await ann.push("a", "more secret");
        await ann.delete("b");
        expect(await feed.drain(mesh)).toEqual(["hide a", "hide b"]);
        expect(JSON.stringify(feed.received)).not.toContain("secret");
      });

      it.each<[string, RouteInput]>([
        ["another agent", { subscribers: ["Cid"] }],
        ["another topic", { topics: ["else"] }],
      ])("emits hide when an item is routed to %s", async (_, route) => {
        const { mesh, ann, bea, system } = world.team();
        await bea.subscribe(["news"]);
        await ann.push("it", 1, { topics: ["news"] });
        const feeds = [new Feed(bea.watch()), new Feed(ann.watch()), new Feed(system.watch())];
        await ann.push("it", "secret", route);
        await ann.push("it", "again");
        await ann.delete("it");
        expect(await feeds[0]!.drain(mesh)).toEqual(["hide it"]);
        for (const feed of feeds.slice(1)) {
          const lines = (await feed.drain(mesh)).filter((text) => !text.includes("mark"));
          expect(lines).toEqual(['put it="secret"', 'put it="again"', "delete it"]);
        }
        expect(JSON.stringify(feeds[0]!.received)).not.toContain("secret");
      });

      it("emits put when a new route brings an item into view", async ({ mesh, ann, bea }) => {
        await ann.push("it", 1, { subscribers: ["Cid"] });
        const feed = new Feed(bea.watch());
        await ann.push("it", 2, { subscribers: ["Bea"] });
        expect(await feed.drain(mesh)).toEqual(["put it=2"]);
      });

      it("emits delete and expire only for visible items", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["a"]);
        for (const [key, topic] of [
          ["seen", "a"],
          ["unseen", "b"],
        ] as const) {
          await ann.push(`${key} 1`, 1, { topics: [topic] });
          await ann.push(`${key} 2`, 1, { topics: [topic], ttl: "1m" });
        }
        const feed = new Feed(bea.watch());
        for (const key of ["seen", "unseen"]) await ann.delete(`${key} 1`);
        world.clock.advance("1m");
        await mesh.sweep();
        expect(await feed.drain(mesh)).toEqual(["delete seen 1", "expire seen 2"]);
      });

      it("emits visible events only", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["a"]);
        const feed = new Feed(bea.watch());
        await ann.publish("one", 1, { topics: ["a"] });
        await ann.publish("two", 2, { topics: ["b"] });
        await ann.publish("three", 3, { topics: ["b"], subscribers: ["Bea"] });
        await bea.publish("four", 4, { topics: ["b"] });
        await ann.publish("five", 5, { global: true });
        const lines = await feed.drain(mesh);
        expect(lines).toEqual(["event one=1", "event three=3", "event four=4", "event five=5"]);
        const [first] = feed.received;
        const { events } = await bea.events({ limit: 1 });
        expect(first?.type === "event" && first.event).toEqual(events[0]);
      });

      it("emits results of work, but no claims or extensions", async ({ mesh, ann, bea }) => {
        await ann.push("it", 1, { global: true });
        await ann.push("it too", 1, { global: true });
        const feed = new Feed(bea.watch());
        await (await ann.claim({ key: "it" }))?.release();
        const lease = await ann.claim({ key: "it" });
        await lease?.extend("5m");
        await lease?.complete("done");
        await (await ann.claim({ key: "it too" }))?.release({ maxAttempts: 1 });
        await ann.push("it too", 2);
        await (await ann.claim({ key: "it too" }))?.complete();
        const lines = await feed.drain(mesh);
        expect(lines).toEqual(['put it="done"', "put it too=1", "put it too=2", "delete it too"]);
        const states = feed.received.map((change) => change.type === "put" && change.item.state);
        expect(states.slice(0, 3)).toEqual(["done", "failed", "open"]);
      });

      it("emits only visible changes of a topic", async ({ ann, bea }) => {
        await bea.subscribe(["b"]);
        await ann.push("hidden", 1, { topics: ["a"] });
        await ann.push("named", 1, { topics: ["a"], subscribers: ["Bea"] });
        await ann.push("both", 1, { topics: ["a", "b"] });
        await ann.push("other", 1, { topics: ["b"] });
        const feed = new Feed(bea.watch({ topics: ["a"], initial: true }));
        expect(await feed.lines(3)).toEqual(["put both=1", "put named=1", "ready"]);
        await ann.push("hidden", 2);
        await ann.push("named", 2);
        await ann.push("other", 2);
        await ann.publish("happened", 1, { topics: ["a"] });
        await ann.publish("happened", 2, { topics: ["a"], subscribers: ["Bea"] });
        await bea.subscribe(["a"]);
        expect(await feed.lines(3)).toEqual(["put named=2", "event happened=2", "put hidden=2"]);
        await ann.push("hidden", 3);
        expect(await feed.lines(1)).toEqual(["put hidden=3"]);
      });

      it("lists visible items of a topic, of keys or with a prefix", async ({ ann, bea }) => {
        await ann.push("b", 1, { topics: ["x"] });
        await ann.push("a", 1, { topics: ["x", "y"] });
        await ann.push("c", 1, { topics: ["y"] });
        await bea.push("hidden", 1, { topics: ["x"] });
        const initial = async (options: WatchOptions): Promise<string[]> => {
          const feed = new Feed(ann.watch({ ...options, initial: true }));
          return (await feed.takeUntil(({ type }) => type === "ready")).map(formatChange);
        };
        expect(await initial({ topics: ["x"] })).toEqual(["put a=1", "put b=1"]);
        expect(await initial({ keys: ["c", "none", "a", "hidden"] })).toEqual([
          "put a=1",
          "put c=1",
        ]);
        expect(await initial({ keys: ["c", "a"], topics: ["x"] })).toEqual(["put a=1"]);
        expect(await initial({ prefix: "b" })).toEqual(["put b=1"]);
        expect(await initial({ prefix: "a", keys: ["a", "b"] })).toEqual(["put a=1"]);
        expect(await initial({ types: ["a"] })).toEqual([]);
      });
    },
    wrapper(world, it) {
      it("starts at the head when called, without await", async ({ mesh, ann }) => {
        await ann.push("before", 1, { global: true });
        const feed = new Feed(ann.watch());
        void ann.push("asked after", 2, { global: true });
        await ann.push("after", 3, { global: true });
        expect(await feed.drain(mesh)).toEqual(["put asked after=2", "put after=3"]);
      });
    },
    pastSubscriptions(world, it) {
      it("emits hide for expired items on unsubscribe", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["news"]);
        await ann.push("a", 1, { topics: ["news"], ttl: 5 });
        const feed = new Feed(bea.watch({ initial: true }));
        expect(await feed.lines(2)).toEqual(["put a=1", "ready"]);
        world.clock.advance(5);
        await bea.unsubscribe(["news"]);
        expect(await feed.lines(1)).toEqual(["hide a"]);
        const since = feed.received[1]!.cursor;
        await mesh.sweep();
        expect(await feed.drain(mesh)).toEqual([]);
        expect(await new Feed(bea.watch({ since })).lines(1)).toEqual(["hide a"]);
      });

      it("moves its cursor past changes it does not emit", async ({ mesh, ann, bea, system }) => {
        const feed = new Feed(bea.watch());
        await ann.push("it", 1, { global: true });
        const [change] = await feed.take(1);
        await waitFor("the watch's cursor stands at its change", () => {
          return feed.watch.cursor === change!.cursor || feed.watch.cursor !== undefined;
        });
        const { cursor } = feed.watch;
        await ann.push("hidden", 1, { subscribers: ["Cid"] });
        await waitFor(
          "the cursor moves past what is not shown",
          () => feed.watch.cursor !== cursor,
        );
        const before = feed.watch.cursor;
        const resumed = new Feed(system.watch({ since: before }));
        expect(await resumed.drain(mesh)).toEqual([]);
      });

      it("drops nothing of a listing or a resumption", async ({ ann, bea }) => {
        const { cursor } = await ann.events();
        for (let n = 100; n < 160; n++) await ann.push(`item ${n}`, n, { global: true });
        const expected = times(60, (n) => `put item ${n + 100}=${n + 100}`);
        const initial = new Feed(bea.watch({ initial: true, buffer: 1 }));
        expect((await initial.takeUntil(({ type }) => type === "ready")).map(formatChange)).toEqual(
          expected,
        );
        const resumed = new Feed(bea.watch({ since: cursor, buffer: 1 }));
        expect(await resumed.lines(60)).toEqual(expected);
      });
    },
  },
  ["pastSubscriptions"],
);
