import { expect } from "vitest";
import type { ErrorCode, Push, Untyped } from "@syntha/core";
import { type Commit, decide, type Operation } from "@syntha/core/storage";
import { Feed, readLog, rejects, rule, tenantSnapshot, times } from "../harness/index.ts";

const GOOD: readonly Push<Untyped>[] = [
  { key: "new", value: 1, topics: ["open"] },
  { key: "mine", value: 2, ttl: "1h" },
  { key: "mine too", value: 3, topics: ["open"] },
];

/** A push that makes its batch fail, at any index. */
const BAD: readonly (readonly [string, ErrorCode, Push<Untyped>])[] = [
  ["a taken key", "KEY_TAKEN", { key: "hidden", value: 1 }],
  ["a wrong revision", "CONFLICT", { key: "theirs", value: 1, ifRevision: 99 }],
  ["an existing key", "CONFLICT", { key: "theirs", value: 1, ifRevision: 0 }],
  ["another agent's route", "NOT_OWNER", { key: "theirs", value: 1, topics: ["open"] }],
  ["no route", "ROUTE_REQUIRED", { key: "another", value: 1 }],
  ["a forbidden route", "FORBIDDEN", { key: "another", value: 1, topics: ["closed"] }],
  ["an empty route", "INVALID_ROUTE", { key: "another", value: 1, topics: [] }],
  ["a duplicate key", "INVALID_ARGUMENTS", { key: "new", value: 1, topics: ["open"] }],
  [
    "a value that is not JSON",
    "INVALID_VALUE",
    { key: "another", value: new Date(0), topics: ["open"] },
  ],
  ["an invalid key", "INVALID_TEXT", { key: "\uD800", value: 1, topics: ["open"] }],
  ["an invalid ttl", "INVALID_ARGUMENTS", { key: "another", value: 1, topics: ["open"], ttl: 0 }],
];

const put = (key: string, ifRevision?: number): Operation => ({
  type: "put",
  key,
  value: `"${key}"`,
  route: { topics: ["t"], subscribers: [], global: false },
  routeIfNew: undefined,
  expiry: undefined,
  ifRevision,
});

export const batches = rule("R11 Batches", {
  core(world, it) {
    it.for([[[]], ["text"], [{}], [undefined], [times(10_001, () => ({}))]])(
      "rejects an invalid batch",
      async ([batch], { mesh, ann }) => {
        await rejects(ann.pushMany(batch as never), "INVALID_ARGUMENTS");
        expect((await mesh.stats()).revision).toBe(0);
      },
    );
  },
  storage(world, it) {
    it("applies route, expiry and condition per push", async ({ ann, system }) => {
      const { revision } = await ann.push("c", 1, { global: true });
      const pushed = await ann.pushMany([
        { key: "a", value: 1, topics: ["t"], ttl: "1m" },
        { key: "b", value: 1, subscribers: ["Bea"], ifRevision: 0 },
        { key: "c", value: 2, ifRevision: revision },
      ]);
      expect(pushed.map(({ created }) => created)).toEqual([true, true, false]);
      expect(pushed[0]?.expiresAt?.getTime()).toBe(world.clock() + 60_000);
      const { items } = await system.list();
      expect(items.map(({ topics, subscribers, global }) => [topics, subscribers, global])).toEqual(
        [
          [["t"], [], false],
          [[], ["Bea"], false],
          [[], [], true],
        ],
      );
    });

    it("writes a large batch atomically", async ({ mesh, ann, system, tenantId }) => {
      const pushes = times(2_500, (n) => ({
        key: `item ${String(n).padStart(4, "0")}`,
        value: n,
        topics: ["t"],
      }));
      const pushed = await ann.pushMany(pushes);
      expect(new Set(pushed.map(({ revision }) => revision))).toEqual(new Set([1]));
      expect(await system.keys()).toEqual(pushes.map(({ key }) => key));
      expect((await readLog(world.storage, tenantId)).length).toBe(2_500);
      await rejects(
        ann.pushMany([...pushes, { key: "last", value: 1, ifRevision: 7 }]),
        "CONFLICT",
      );
      expect((await mesh.stats()).revision).toBe(1);
    });

    it("shows each commit the effects of earlier ones", async () => {
      const { storage } = world;
      const tenant = world.newTenantId();
      const claim: Operation = {
        type: "claim",
        from: { queues: ["tt"] },
        leaseMs: 1_000,
        leaseId: 1,
        maxAttempts: undefined,
      };
      const outcomes = await storage.commit(
        tenant,
        [
          { actor: "Ann", ops: [{ type: "subscribe", agent: "Ann", topics: ["t"] }] },
          { actor: "Ann", ops: [put("a")] },
          { actor: "Ann", ops: [claim] },
          { actor: "Ann", ops: [claim] },
          { actor: null, ops: [{ type: "deleteTopic", topic: "t" }] },
          { actor: "Ann", ops: [claim] },
        ],
        decide,
      );
      const actual = outcomes.map((each) => {
        if (!each.ok) return each.error.code;
        const [result] = each.results;
        return result?.type === "claim" ? (result.row?.key ?? "none") : result?.type;
      });
      expect(actual).toEqual(["subscribe", "put", "a", "none", "deleteTopic", "FORBIDDEN"]);
    });

    it("does not create a tenant for rejected commits", async () => {
      const { storage } = world;
      const tenant = world.newTenantId();
      const [outcome] = await storage.commit(
        tenant,
        [{ actor: "Ann", ops: [put("a", 5)] }],
        decide,
      );
      expect(outcome?.ok).toBe(false);
      const { tenantIds } = await storage.listTenants({ limit: 1_000 });
      expect(tenantIds).not.toContain(tenant);
      expect(await storage.stats(tenant)).toMatchObject({ epoch: "", head: 0, items: 0 });
    });
  },
  wrapper(world, it) {
    it("isolates a rejected commit from others in its transaction", async () => {
      const { storage } = world;
      const tenant = world.newTenantId();
      const commits: Commit[] = [
        { actor: "Ann", ops: [put("a"), put("b")] },
        { actor: "Ann", ops: [put("c"), put("a", 99)] },
        { actor: "Ann", ops: [put("a", 1)] },
        { actor: "Ann", ops: [put("d", 0)] },
        { actor: "Bea", ops: [put("d", 0)] },
      ];
      const outcomes = await storage.commit(tenant, commits, decide);
      expect(outcomes.map((each) => (each.ok ? each.position : each.error.code))).toEqual([
        1,
        "CONFLICT",
        2,
        3,
        "KEY_TAKEN",
      ]);
      const { items } = await storage.list(tenant, { actor: null, limit: 10 });
      expect(items.map(({ key, revision }) => [key, revision])).toEqual([
        ["a", 2],
        ["b", 1],
        ["d", 3],
      ]);
      const log = await readLog(storage, tenant);
      expect(log.map(({ position, index }) => [position, index])).toEqual([
        [1, 0],
        [1, 1],
        [2, 0],
        [3, 0],
      ]);
    });

    it("applies calls in the order they were made", async ({ ann }) => {
      const calls = times(50, (n) => ann.push("it", n, { global: true }));
      const pushed = await Promise.all(calls);
      expect(pushed.map(({ revision }) => revision)).toEqual(pushed.map((_, n) => n + 1));
      expect(await ann.get("it")).toBe(49);
    });
  },
  pastSubscriptions(world, it) {
    it("writes a batch at one position, in order", async ({ mesh, bea }) => {
      await bea.subscribe(["t"]);
      const feed = new Feed(bea.watch());
      const keys = ["c", "a", "b", "\u{1F98A}", "\uE000"];
      const pushed = await mesh
        .agent("Ann")
        .pushMany(keys.map((key) => ({ key, value: key, topics: ["t"] })));
      expect(pushed.map(({ key }) => key)).toEqual(keys);
      expect(new Set(pushed.map(({ revision }) => revision)).size).toBe(1);
      expect(await feed.drain(mesh)).toEqual(keys.map((key) => `put ${key}="${key}"`));
      const claimed: (string | undefined)[] = [];
      for (const _ of keys) claimed.push((await bea.claim({ topic: "t" }))?.item.key);
      expect(claimed).toEqual(keys);
    });

    it.each(BAD)("rejects a batch with %s and changes nothing", async (_, code, bad) => {
      const { mesh, ann, bot, system, tenantId } = world.team();
      await ann.push("hidden", 1, { subscribers: ["Bea"] });
      await ann.push("theirs", 1, { subscribers: ["Bot"] });
      await bot.subscribe(["open"]);
      await bot.push("mine", 1, { topics: ["open"] });
      await bot.push("mine too", 1, { topics: ["other"] });
      await mesh.setPermissions("Bot", { post: ["open"], subscribe: ["open"], direct: true });
      const feeds = [new Feed(bot.watch()), new Feed(system.watch())];
      const before = await tenantSnapshot(world.storage, tenantId, ["Bot"]);
      for (let at = 0; at <= GOOD.length; at++) {
        const batch = [...GOOD.slice(0, at), bad, ...GOOD.slice(at)];
        await rejects(bot.pushMany(batch), code);
      }
      expect(await tenantSnapshot(world.storage, tenantId, ["Bot"])).toEqual(before);
      expect((await feeds[0]!.drain(mesh)).concat(await feeds[1]!.drain(mesh))).toEqual([
        expect.stringContaining("mark"),
      ]);
      expect((await bot.claim({ topic: "open" }))?.item.key).toBe("mine");
      expect(await bot.claim({ topic: "open" })).toBeUndefined();
      await bot.pushMany(GOOD);
    });
  },
});
