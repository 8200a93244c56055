import { expect, it } from "vitest";
import type { ClaimSource, PushOptions } from "@syntha/core";
import { rejects, rule, times } from "../harness/index.ts";
import { claimedKeys } from "./r18-sources.ts";

export const priorities = rule("R18 Priorities and delays", {
  core(world) {
    it.each<[string, PushOptions]>([
      ["a priority above 10", { priority: 11 }],
      ["a priority below -10", { priority: -11 }],
      ["half a priority", { priority: 0.5 }],
      ["a priority that is not a number", { priority: "high" as never }],
      ["an invalid date", { notBefore: new Date(Number.NaN) }],
      ["a negative delay", { notBefore: -1 }],
      ["an invalid delay", { notBefore: "soon" as never }],
    ])("rejects %s", async (_, options) => {
      const { ann } = world.team();
      await rejects(ann.push("it", 1, { global: true, ...options }), "INVALID_ARGUMENTS");
      expect(await ann.keys()).toEqual([]);
    });
  },
  storage(world) {
    it("claims the highest priority first, then the oldest ready item", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t"]);
      for (const [key, priority] of [
        ["old", undefined],
        ["low", -10],
        ["high", 10],
        ["new", 0],
        ["higher than most", 3],
        ["high too", 10],
      ] as const) {
        await ann.push(key, 1, { topics: ["t"], priority });
        world.clock.advance(1);
      }
      expect(await claimedKeys(worker, { topic: "t" })).toEqual([
        "high",
        "high too",
        "higher than most",
        "old",
        "new",
        "low",
      ]);
    });

    it("compares the items of several sources", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t", "u"]);
      await ann.push("oldest", 1, { topics: ["t"], priority: -1 });
      await ann.push("on u", 1, { topics: ["u"], priority: 5 });
      await ann.push("mine", 1, { subscribers: ["Worker"], priority: 7 });
      const from: ClaimSource = { topics: ["t", "u"], inbox: true };
      expect(await claimedKeys(worker, from)).toEqual(["mine", "on u", "oldest"]);
    });

    it("keeps priority and start of an item that is written without them", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t"]);
      const notBefore = new Date(world.clock() + 60_000);
      await ann.push("it", 1, { topics: ["t"], priority: 4, notBefore });
      await ann.update("it", () => 2);
      await ann.push("it", 3);
      expect(await ann.getItem("it")).toMatchObject({ priority: 4, notBefore, attempts: 0 });
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      world.clock.advance("1m");
      expect((await worker.claim({ topic: "t" }))?.item).toMatchObject({ value: 3, priority: 4 });
    });

    it("moves an open item when its priority changes", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t"]);
      for (const key of ["a", "b", "c"]) await ann.push(key, 1, { topics: ["t"] });
      await ann.push("c", 2, { priority: 1 });
      await ann.push("a", 2, { priority: -1 });
      expect(await claimedKeys(worker, { topic: "t" })).toEqual(["c", "b", "a"]);
    });

    it.each([
      ["a date", (now: number) => new Date(now + 60_000)],
      ["a delay", () => "1m" as const],
    ])("does not grant an item before %s", async (_, start) => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t"]);
      const notBefore = start(world.clock());
      await ann.push("later", 1, { topics: ["t"], priority: 10, notBefore });
      await ann.push("now", 1, { topics: ["t"], priority: -10 });
      world.clock.advance(59_999);
      expect(await worker.claim({ key: "later" })).toBeUndefined();
      expect(await claimedKeys(worker, { topic: "t" })).toEqual(["now"]);
      world.clock.advance(1);
      expect(await claimedKeys(worker, { topic: "t" })).toEqual(["later"]);
    });

    it("starts an item at once when its start is moved to the past", async () => {
      const { ann, worker } = world.team();
      await ann.push("it", 1, { subscribers: ["Worker"], notBefore: "1h" });
      await ann.push("it", 1, { notBefore: new Date(0) });
      expect((await worker.claim({ inbox: true }))?.key).toBe("it");
    });

    it("keeps priorities across a reopen", async ({ skip }) => {
      const { ann, tenantId } = world.team();
      await ann.push("low", 1, { subscribers: ["Worker"], priority: -3 });
      await ann.push("high", 1, { subscribers: ["Worker"], priority: 3, notBefore: "1m" });
      await world.reopen(skip);
      world.clock.advance("1m");
      const worker = world.mesh({ tenantId }).agent("Worker");
      expect(await claimedKeys(worker, { inbox: true })).toEqual(["high", "low"]);
    });

    it("parks ready items beyond their attempts on the way to the next one", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t"]);
      const push = (n: number) => ann.push(`${n}`, n, { topics: ["t"], priority: n % 3 });
      for (const n of times(9, (each) => each)) await push(n);
      for (const _ of times(6, (each) => each)) await worker.claim({ topic: "t" }, { lease: 1 });
      world.clock.advance(1);
      const lease = await worker.claim({ topic: "t" }, { maxAttempts: 1 });
      expect(lease?.key).toBe("0");
      expect((await ann.list({ state: "failed" })).items.length).toBe(6);
    });
  },
});
