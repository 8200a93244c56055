import { expect, it } from "vitest";
import type { WatchOptions } from "@syntha/core";
import type { StorageContract } from "../contract.ts";
import { Feed, formatChange } from "../harness/feed.ts";
import { rejects } from "../harness/rejects.ts";
import { waitFor } from "../harness/wait-for.ts";
import { rule } from "../harness/world.ts";

export function watch(contract: StorageContract): void {
  rule(contract, "R12 Watch", (world) => {
    it("starts where the log stands when it is called, also without await", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await ann.push("before", 1, { global: true });
      const feed = new Feed(ann.watch());
      void ann.push("asked after", 2, { global: true });
      await ann.push("after", 3, { global: true });
      expect(await feed.drain(mesh)).toEqual(["put asked after=2", "put after=3"]);
    });

    it("gives the whole item, as a read does", async () => {
      const mesh = world.mesh();
      const feed = new Feed(mesh.agent("Bea").watch());
      await mesh.agent("Ann").push("it", { a: [1] }, { subscribers: ["Bea"], ttl: "1h" });
      const [change] = await feed.take(1);
      expect(change).toEqual({
        type: "put",
        item: await mesh.agent("Bea").getItem("it"),
        cursor: change!.cursor,
      });
    });

    it("gives first what is visible, in key order, then ready, then what follows", async () => {
      const mesh = world.mesh();
      const bea = mesh.agent("Bea");
      await bea.subscribe(["a"]);
      for (const key of ["c", "a", "\u{1F98A}", "b", "\uE000"])
        await mesh.agent("Ann").push(key, 1, { topics: ["a"] });
      await mesh.agent("Ann").push("hidden", 1, { topics: ["b"] });
      const feed = new Feed(bea.watch({ initial: true }));
      await mesh.agent("Ann").push("a", 2);
      await mesh.agent("Ann").push("d", 1, { topics: ["a"] });
      await mesh.agent("Ann").delete("b");
      const lines = await feed.drain(mesh);
      const ready = lines.indexOf("ready");
      const [first, then] = [lines.slice(0, ready), lines.slice(ready + 1)];
      expect(then.slice(-3)).toEqual(["put a=2", "put d=1", "delete b"]);
      // What was rewritten while the list was read comes once, as it is now.
      const unmoved = first.filter((text) => !/^put [ab]=/.test(text));
      expect(unmoved).toEqual(["put c=1", "put \uE000=1", "put \u{1F98A}=1"]);
      expect(first).toEqual(
        [...first].sort((x, y) => (x.codePointAt(4)! < y.codePointAt(4)! ? -1 : 1)),
      );
    });

    it("gives ready at once where nothing is visible", async () => {
      const feed = new Feed(world.mesh().agent("Ann").watch({ initial: true }));
      expect(await feed.lines(1)).toEqual(["ready"]);
    });

    it("gives more than one page of what is visible, each once", async () => {
      const mesh = world.mesh();
      const keys = Array.from({ length: 450 }, (_, n) => `item ${String(n).padStart(3, "0")}`);
      await mesh.agent("Ann").pushMany(keys.map((key) => ({ key, value: 1, global: true })));
      const feed = new Feed(mesh.agent("Bea").watch({ initial: true, buffer: 16 }));
      const changes = await feed.takeUntil(({ type }) => type === "ready");
      expect(changes.map(formatChange)).toEqual(keys.map((key) => `put ${key}=1`));
    });

    it("gives each change of a large commit, in its order", async () => {
      const mesh = world.mesh();
      const feed = new Feed(mesh.agent("Bea").watch());
      const keys = Array.from({ length: 700 }, (_, n) => `item ${699 - n}`);
      await mesh.agent("Ann").pushMany(keys.map((key) => ({ key, value: 1, global: true })));
      expect(await feed.drain(mesh)).toEqual(keys.map((key) => `put ${key}=1`));
    });

    it("brings in what the agent's own subscribing shows it, in key order", async () => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
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
      await mesh.agent("Cid").subscribe(["else"]);
      expect(await feed.drain(mesh)).toEqual(["put a=1", "put b=1", "put c=1"]);
    });

    it("tells what goes out of sight by unsubscribing, without value", async () => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
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

    it("reports what expired and then goes out of view by unsubscribing, swept or not", async () => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
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

    it.each([
      ["another agent", { subscribers: ["Cid"] }],
      ["another topic", { topics: ["else"] }],
    ])("tells that an item went out of sight when it was routed to %s", async (_, route) => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
      await bea.subscribe(["news"]);
      await ann.push("it", 1, { topics: ["news"] });
      const feeds = [new Feed(bea.watch()), new Feed(ann.watch()), new Feed(mesh.system.watch())];
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

    it("shows a put for what came into sight by another route", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { subscribers: ["Cid"] });
      const feed = new Feed(mesh.agent("Bea").watch());
      await mesh.agent("Ann").push("it", 2, { subscribers: ["Bea"] });
      expect(await feed.drain(mesh)).toEqual(["put it=2"]);
    });

    it("tells of deletion and expiry only for what was seen", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await mesh.agent("Bea").subscribe(["a"]);
      for (const [key, topic] of [
        ["seen", "a"],
        ["unseen", "b"],
      ] as const) {
        await ann.push(`${key} 1`, 1, { topics: [topic] });
        await ann.push(`${key} 2`, 1, { topics: [topic], ttl: "1m" });
      }
      const feed = new Feed(mesh.agent("Bea").watch());
      for (const key of ["seen", "unseen"]) await ann.delete(`${key} 1`);
      world.clock.advance("1m");
      await mesh.sweep();
      expect(await feed.drain(mesh)).toEqual(["delete seen 1", "expire seen 2"]);
    });

    it("gives events that are seen, and no others", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await mesh.agent("Bea").subscribe(["a"]);
      const feed = new Feed(mesh.agent("Bea").watch());
      await ann.publish("one", 1, { topics: ["a"] });
      await ann.publish("two", 2, { topics: ["b"] });
      await ann.publish("three", 3, { topics: ["b"], subscribers: ["Bea"] });
      await mesh.agent("Bea").publish("four", 4, { topics: ["b"] });
      await ann.publish("five", 5, { global: true });
      const lines = await feed.drain(mesh);
      expect(lines).toEqual(["event one=1", "event three=3", "event four=4", "event five=5"]);
      const [first] = feed.received;
      const { events } = await mesh.agent("Bea").events({ limit: 1 });
      expect(first?.type === "event" && first.event).toEqual(events[0]);
    });

    it("tells nothing of claims, extensions and what is given back, but of results", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await ann.push("it", 1, { global: true });
      await ann.push("it too", 1, { global: true });
      const feed = new Feed(mesh.agent("Bea").watch());
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

    it.each<[string, WatchOptions, Readonly<Record<number, string>>]>([
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
      ["keys", { keys: ["2", "4", "mark"] }, { 1: "put 2=1", 3: "put 4=1", 6: "put 2=2" }],
      [
        "keys on a topic",
        { keys: ["2", "3", "mark"], topics: ["a"] },
        { 1: "put 2=1", 6: "hide 2", 7: "put 3=2" },
      ],
    ])("shows of %s just what is asked for", async (_, options, expected) => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const feed = new Feed(mesh.system.watch(options));
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
        const told = expected[n] === undefined ? [] : await feed.lines(1);
        expect([n, ...told]).toEqual(expected[n] === undefined ? [n] : [n, expected[n]]);
      }
      expect(await feed.drain(mesh, { key: "mark", topics: options.topics ?? ["a"] })).toEqual([]);
    });

    it("shows of a topic only what the watcher sees, subscribed or not", async () => {
      const mesh = world.mesh();
      const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
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

    it("gives what is visible of a topic, or of some keys", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      await ann.push("b", 1, { topics: ["x"] });
      await ann.push("a", 1, { topics: ["x", "y"] });
      await ann.push("c", 1, { topics: ["y"] });
      await mesh.agent("Bea").push("hidden", 1, { topics: ["x"] });
      const initial = async (options: WatchOptions): Promise<string[]> => {
        const feed = new Feed(ann.watch({ ...options, initial: true }));
        return (await feed.takeUntil(({ type }) => type === "ready")).map(formatChange);
      };
      expect(await initial({ topics: ["x"] })).toEqual(["put a=1", "put b=1"]);
      expect(await initial({ keys: ["c", "none", "a", "hidden"] })).toEqual(["put a=1", "put c=1"]);
      expect(await initial({ keys: ["c", "a"], topics: ["x"] })).toEqual(["put a=1"]);
    });

    it("carries a cursor with every change, and moves its own past what it does not show", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const feed = new Feed(mesh.agent("Bea").watch());
      await ann.push("it", 1, { global: true });
      const [change] = await feed.take(1);
      await waitFor("the watch's cursor stands at its change", () => {
        return feed.watch.cursor === change!.cursor || feed.watch.cursor !== undefined;
      });
      const { cursor } = feed.watch;
      await ann.push("hidden", 1, { subscribers: ["Cid"] });
      await waitFor("the cursor moves past what is not shown", () => feed.watch.cursor !== cursor);
      const before = feed.watch.cursor;
      const resumed = new Feed(mesh.system.watch({ since: before }));
      expect(await resumed.drain(mesh)).toEqual([]);
    });

    it("never lets a slow watcher slow others, and tells it what it missed", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const stuck = new Feed(mesh.agent("Cid").watch({ buffer: 1 }));
      const slow = new Feed(mesh.agent("Bea").watch({ buffer: 4 }));
      const fast = new Feed(mesh.agent("Bea").watch());
      const names = (n: number): string => `item ${String(n).padStart(4, "0")}`;
      let pushed = 0;
      let last: Awaited<ReturnType<Feed["next"]>>;
      // Each round pushes more than it takes, so that the buffer runs over sooner or later.
      do {
        const batch = Array.from({ length: 20 }, () => ({
          key: names(++pushed),
          value: pushed,
          global: true,
        }));
        await ann.pushMany(batch);
        expect((await fast.take(20)).map(formatChange)).toEqual(
          batch.map(({ key, value }) => `put ${key}=${value}`),
        );
        last = await slow.next();
      } while (last.type !== "lagged");
      const taken = slow.received.slice(0, -1).map(formatChange);
      const all = fast.received.map(formatChange);
      expect(taken).toEqual(all.slice(0, taken.length));
      const resumed = new Feed(mesh.agent("Bea").watch({ since: last.cursor }));
      expect(await resumed.drain(mesh)).toEqual(all.slice(taken.length));
      await fast.take(1);
      // It goes on with what came right behind those that were dropped.
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

    it("loses nothing of what is visible and what came before to a small buffer", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const { cursor } = await ann.events();
      for (let n = 100; n < 160; n++) await ann.push(`item ${n}`, n, { global: true });
      const expected = Array.from({ length: 60 }, (_, n) => `put item ${n + 100}=${n + 100}`);
      const initial = new Feed(mesh.agent("Bea").watch({ initial: true, buffer: 1 }));
      expect((await initial.takeUntil(({ type }) => type === "ready")).map(formatChange)).toEqual(
        expected,
      );
      const resumed = new Feed(mesh.agent("Bea").watch({ since: cursor, buffer: 1 }));
      expect(await resumed.lines(60)).toEqual(expected);
    });

    it("ends with its signal, with return and with its mesh", async () => {
      const mesh = world.mesh();
      const ended = { done: true, value: undefined };
      const controller = new AbortController();
      const bySignal = mesh.agent("Ann").watch({ signal: controller.signal });
      const waiting = bySignal.next();
      controller.abort();
      expect(await waiting).toEqual(ended);
      expect(await bySignal.next()).toEqual(ended);
      expect(await mesh.agent("Ann").watch({ signal: AbortSignal.abort() }).next()).toEqual(ended);
      const byReturn = mesh.agent("Ann").watch({ initial: true });
      expect((await byReturn.next()).value?.type).toBe("ready");
      const pending = byReturn.next();
      expect(await byReturn.return()).toEqual(ended);
      expect([await pending, await byReturn.next()]).toEqual([ended, ended]);
      const byMesh = mesh.agent("Ann").watch();
      const open = byMesh.next();
      await mesh.close();
      expect([await open, await byMesh.next()]).toEqual([ended, ended]);
    });

    it("ends a for-await loop that is left", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { global: true });
      const feed = mesh.agent("Ann").watch({ initial: true });
      for await (const change of feed) if (change.type === "ready") break;
      expect(await feed.next()).toEqual({ done: true, value: undefined });
    });

    it.each<[string, unknown]>([
      ["both initial and since", { initial: true, since: "c1.a.1.0.1" }],
      ["no buffer", { buffer: 0 }],
      ["half a change as a buffer", { buffer: 1.5 }],
      ["no topics", { topics: [] }],
      ["no keys", { keys: [] }],
      ["text for a list", { topics: "a" }],
    ])("refuses %s", async (_, options) => {
      const ann = world.mesh().agent("Ann");
      const error = await rejects(() => ann.watch(options as WatchOptions), "INVALID_ARGUMENTS");
      expect(error.details).toHaveProperty("path");
    });
  });
}
