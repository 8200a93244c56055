import { expect } from "vitest";
import type { AgentContext, CompleteOptions, ContextMesh, Duration, JsonValue } from "@syntha/core";
import {
  Feed,
  readItems,
  readLog,
  readPages,
  rejects,
  rule,
  times,
  type World,
} from "../harness/index.ts";

/** Every read that could reveal an expired item, and its expected result. */
const READS: Readonly<Record<string, readonly [(mesh: ContextMesh) => unknown, unknown]>> = {
  get: [(mesh) => mesh.system.get("expired"), undefined],
  getItem: [(mesh) => mesh.agent("Ann").getItem("expired"), undefined],
  getMany: [(mesh) => mesh.system.getMany(["expired", "stays"]), { stays: 2 }],
  getAll: [(mesh) => mesh.agent("Bea").getAll(), { stays: 2 }],
  "getAll of a topic": [(mesh) => mesh.system.getAll({ topics: ["t"] }), { stays: 2 }],
  "getAll of a prefix": [(mesh) => mesh.system.getAll({ prefix: "ex" }), {}],
  keys: [(mesh) => mesh.agent("Bea").keys(), ["stays"]],
  keysByTopic: [(mesh) => mesh.system.keysByTopic(), { t: ["stays"] }],
  list: [async (mesh) => (await mesh.system.list()).items.map(({ key }) => key), ["stays"]],
  "list of a page": [async (mesh) => (await mesh.system.list({ limit: 1 })).nextPage, undefined],
  "claim by key": [(mesh) => mesh.system.claim({ key: "expired" }), undefined],
  "claim by topic": [
    async (mesh) => {
      const lease = await mesh.agent("Bea").claim({ topic: "t" });
      await lease?.release();
      return lease?.item.key;
    },
    "stays",
  ],
  explain: [
    async (mesh) => (await mesh.agent("Bea").explain("expired")).notVisibleBecause,
    "absent",
  ],
  "explain to the system": [
    async (mesh) => (await mesh.system.explain("Bea", "expired")).notVisibleBecause,
    "expired",
  ],
  "explain several to the system": [
    async (mesh) =>
      (await mesh.system.explainMany("Bea", ["expired", "stays"])).map(
        ({ visible, notVisibleBecause }) => [visible, notVisibleBecause],
      ),
    [
      [false, "expired"],
      [true, undefined],
    ],
  ],
  audience: [async (mesh) => (await mesh.system.audience("expired")).visibleTo, 0],
  topics: [async (mesh) => (await mesh.topics()).topics, [{ name: "t", subscribers: 1, items: 1 }]],
  "topics of an agent": [
    async (mesh) => (await mesh.agent("Bea").topics({ prefix: "o" })).topics,
    [],
  ],
  stats: [async (mesh) => (await mesh.stats()).items, 1],
  delete: [(mesh) => mesh.agent("Ann").delete("expired"), false],
  "watch with initial": [
    async (mesh) => {
      const feed = new Feed(mesh.system.watch({ initial: true }));
      return feed.lines(2);
    },
    ["put stays=2", "ready"],
  ],
  history: [
    async (mesh) => (await mesh.system.history("expired")).map(({ value }) => value),
    [undefined],
  ],
};

async function expireItem(world: World, mesh: ContextMesh): Promise<void> {
  await mesh.agent("Bea").subscribe(["t"]);
  await mesh.agent("Ann").push("expired", 1, { topics: ["t", "old"], ttl: "1m" });
  await mesh.agent("Ann").push("stays", 2, { topics: ["t"] });
  world.clock.advance("1m");
}

export const timeToLive = rule("R8 Time to live", {
  core(world, it) {
    const complete = (options?: CompleteOptions) => async (bea: AgentContext) =>
      (await bea.claim({ key: "it" }))?.complete(2, options);

    it.for<[string, (bea: AgentContext) => Promise<unknown>, number | undefined]>([
      ["a push without one", (bea) => bea.push("it", 2), undefined],
      ["a push with one", (bea) => bea.push("it", 2, { ttl: "2h" }), 120],
      ["a push that keeps it", (bea) => bea.push("it", 2, { ttl: "keep" }), 60],
      ["an update", (bea) => bea.update("it", () => 2, { ttl: "2h" }), 60],
      ["a completion without one", complete(), undefined],
      ["a completion with one", complete({ ttl: "2h" }), 120],
      ["a completion that keeps it", complete({ ttl: "keep" }), 60],
      ["a claim", (bea) => bea.claim({ key: "it" }, { lease: "5h" }), 60],
    ])("updates the expiry on %s", async ([, write, minutes], { bea, ann, system }) => {
      await ann.push("it", 1, { global: true, ttl: "1h" });
      await write(bea);
      const { expiresAt } = (await system.getItem("it"))!;
      const expected = minutes === undefined ? undefined : world.clock() + minutes * 60_000;
      expect(expiresAt?.getTime()).toBe(expected);
    });

    it('ttl "keep" sets no expiry on a new key', async () => {
      const { ann } = world.team();
      await ann.push("it", 1, { global: true, ttl: "1m" });
      world.clock.advance("1m");
      const { expiresAt } = await ann.push("it", 2, { global: true, ttl: "keep" });
      expect(expiresAt).toBeUndefined();
    });

    it("sweeps in the background", async () => {
      const { ann, bea } = world.team({ sweepEvery: 5 });
      await ann.push("it", 1, { global: true, ttl: "1m" });
      const feed = new Feed(bea.watch());
      world.clock.advance("1m");
      expect(await feed.lines(1)).toEqual(["expire it"]);
    });

    it.for<JsonValue>([
      0,
      -1,
      "0s",
      "1",
      "5 m",
      "",
      "1w",
      "-1h",
      null,
      true,
      Number.POSITIVE_INFINITY,
      "1e3s",
    ])("rejects the ttl %j and changes nothing", async (ttl, { ann, tenantId }) => {
      const push = ann.push("it", 1, { global: true, ttl: ttl as Duration });
      await rejects(push, "INVALID_ARGUMENTS");
      expect(await readItems(world.storage, tenantId)).toEqual([]);
    });
  },
  storage(world, it) {
    it.each(Object.keys(READS))("%s omits expired items, swept or not", async (way) => {
      const mesh = world.mesh();
      await expireItem(world, mesh);
      const [ask, answer] = READS[way]!;
      expect(await ask(mesh)).toEqual(answer);
      await mesh.sweep();
      if (way === "history") return;
      expect(await ask(mesh)).toEqual(answer);
    });

    it("does not page by topics whose items have all expired", async ({ mesh, ann, tenantId }) => {
      await ann.pushMany([
        ...["b1", "b2", "b3", "b4", "d", "f"].map((name) => ({
          key: `expired ${name}`,
          value: 1,
          topics: [name],
          ttl: "1m" as const,
        })),
        ...["a", "c", "e"].map((name) => ({ key: name, value: 1, topics: [name] })),
      ]);
      world.clock.advance("1m");
      const pages = async (limit: number): Promise<[string[], string | null][]> => {
        const found = await readPages(
          (after: string | undefined) => world.storage.topics(tenantId, { after, limit }),
          ({ next }) => next,
        );
        return found.map(({ topics, next }) => [topics.map(({ name }) => name), next]);
      };
      for (const sweep of [async () => 0, () => mesh.sweep()]) {
        await sweep();
        expect(await pages(1)).toEqual([
          [["a"], "a"],
          [["c"], "c"],
          [["e"], null],
        ]);
        expect(await pages(2)).toEqual([
          [["a", "c"], "c"],
          [["e"], null],
        ]);
        expect(await pages(3)).toEqual([[["a", "c", "e"], null]]);
        const prefixed = { prefix: "b", limit: 1 };
        expect(await world.storage.topics(tenantId, prefixed)).toMatchObject({
          topics: [],
          next: null,
        });
      }
    });

    it("counts expired items separately until swept", async ({ mesh, ann }) => {
      await expireItem(world, mesh);
      await ann.push("for all", 1, { global: true, ttl: "1s" });
      world.clock.advance("1s");
      const before = await mesh.stats();
      expect(before).toMatchObject({ items: 1, global: 0, routed: 1, expired: 2, topics: 1 });
      expect(await mesh.sweep()).toBe(2);
      expect(await mesh.stats()).toMatchObject({
        ...before,
        expired: 0,
        revision: before.revision + 1,
        logEntries: before.logEntries + 2,
      });
    });

    it.for<[Duration, number]>([
      ["1ms" as Duration, 1],
      [1, 1],
      ["2s", 2_000],
      ["5m", 300_000],
      ["1h", 3_600_000],
      ["7d", 604_800_000],
      ["1.5h", 5_400_000],
    ])("expires an item with a ttl of %j on the millisecond", async ([ttl, ms], { ann }) => {
      const now = world.clock();
      const { expiresAt } = await ann.push("it", 1, { global: true, ttl });
      expect(expiresAt).toEqual(new Date(now + ms));
      expect((await ann.getItem("it"))?.expiresAt).toEqual(new Date(now + ms));
      world.clock.advance(ms - 1);
      expect(await ann.get("it")).toBe(1);
      world.clock.advance(1);
      expect(await ann.get("it")).toBeUndefined();
    });

    it("keeps an item without a ttl", async ({ ann }) => {
      expect((await ann.push("it", 1, { global: true })).expiresAt).toBeUndefined();
      world.clock.advance("7d");
      world.clock.advance("365d");
      expect(await ann.get("it")).toBe(1);
    });

    it("treats an expired key as free", async ({ ann, dov }) => {
      const first = await ann.push("it", 1, { subscribers: ["Bea"], ttl: "1m" });
      world.clock.advance("1m");
      const conflict = await rejects(ann.push("it", 2, { ifRevision: first.revision }), "CONFLICT");
      expect(conflict.details).toEqual({ key: "it", revision: 0 });
      const deletion = ann.delete("it", { ifRevision: first.revision });
      expect((await rejects(deletion, "CONFLICT")).details.revision).toBe(0);
      const seen: unknown[] = [];
      await dov.update("it", (old) => (seen.push(old), 3), { subscribers: ["Dov"] });
      expect(seen).toEqual([undefined]);
      const item = (await dov.getItem("it"))!;
      expect(item).toMatchObject({ value: 3, owner: "Dov", createdAt: new Date(world.clock()) });
      expect(item.revision).toBeGreaterThan(first.revision);
      await rejects(dov.push("it", 4, { ifRevision: 0 }), "CONFLICT");
    });

    it("erases expired values from log and history", async ({ mesh, ann, system, tenantId }) => {
      const { end } = await world.storage.log(tenantId, { after: "end", limit: 1 });
      await ann.push("it", "secret one", { global: true, ttl: "1h" });
      await ann.push("it", "secret two", { ttl: "keep" });
      await (await ann.claim({ key: "it" }))?.release();
      await ann.push("other", "open", { global: true });
      world.clock.advance("1h");
      const look = async (): Promise<void> => {
        const log = await readLog(world.storage, tenantId);
        expect(JSON.stringify(log)).not.toContain("secret");
        expect(JSON.stringify(log)).toContain("open");
        const byKey = await readLog(world.storage, tenantId, "it");
        expect(JSON.stringify(byKey)).not.toContain("secret");
        const page = await world.storage.log(tenantId, { after: end, limit: 1_000 });
        expect(JSON.stringify(page)).not.toContain("secret");
        expect(JSON.stringify(await system.history("it"))).not.toContain("secret");
      };
      await look();
      await mesh.sweep();
      await look();
      await ann.push("it", "third", { global: true });
      await look();
      expect((await system.history("it")).at(-1)?.value).toBe("third");
    });

    it("logs one expire per item despite concurrent sweeps", async () => {
      const { mesh, ann, system, tenantId } = world.team();
      const pushes = times(40, (n) => ({
        key: `item ${n}`,
        value: n,
        global: true,
        ttl: "1m" as const,
      }));
      await ann.pushMany(pushes);
      await ann.push("stays", 1, { global: true, ttl: "2m" });
      world.clock.advance("1m");
      const handles = [world.storage, ...(await world.handles())];
      const sweepers = handles.map((storage) => world.mesh({ tenantId }, storage));
      const swept = await Promise.all([...sweepers, ...sweepers].map((each) => each.sweep()));
      expect(swept.reduce((sum, n) => sum + n, 0)).toBe(40);
      expect(await mesh.sweep()).toBe(0);
      const log = await readLog(world.storage, tenantId);
      const expired = log.flatMap(({ change }) => (change.type === "expire" ? [change.key] : []));
      expect(expired.sort()).toEqual(pushes.map(({ key }) => key).sort());
      expect(await system.keys()).toEqual(["stays"]);
    });

    it("logs one expire for items removed before the sweep", async ({ mesh, ann, tenantId }) => {
      for (const key of ["claimed", "pushed", "unrouted", "cleared"])
        await ann.push(key, 1, { topics: [key], ttl: "1m" });
      await ann.subscribe(["claimed", "unrouted"]);
      world.clock.advance("1m");
      expect(await ann.claim({ topic: "claimed" })).toBeUndefined();
      await ann.push("pushed", 2, { topics: ["pushed"] });
      await mesh.deleteTopic("unrouted");
      await mesh.clear();
      await mesh.sweep();
      const log = await readLog(world.storage, tenantId);
      const keysOf = (type: string): string[] =>
        log.flatMap(({ change }) => ("key" in change && change.type === type ? [change.key] : []));
      expect(keysOf("expire").sort()).toEqual(["claimed", "cleared", "pushed", "unrouted"]);
      expect(keysOf("delete")).toEqual(["pushed"]);
    });

    it("sweeps one tenant only", async () => {
      const [one, other] = [world.mesh(), world.mesh()];
      for (const mesh of [one, other])
        await mesh.agent("Ann").push("it", 1, { global: true, ttl: "1m" });
      world.clock.advance("1m");
      await one.sweep();
      expect((await other.stats()).expired).toBe(1);
    });

    it("does not revive items when the clock goes back", async ({ mesh, ann, tenantId }) => {
      await ann.push("it", 1, { global: true, ttl: "1h" });
      world.clock.advance("2h");
      const passed = world.clock();
      await ann.push("witness", 1, { global: true });
      try {
        world.clock.set(passed - 7_200_000);
        expect(await ann.keys()).toEqual(["witness"]);
        expect(await ann.get("it")).toBeUndefined();
        expect(await ann.claim({ key: "it" })).toBeUndefined();
        expect((await mesh.stats()).expired).toBe(1);
        await ann.push("later", 1, { global: true, ttl: "1m" });
        const { updatedAt, expiresAt } = (await ann.getItem("later"))!;
        expect(updatedAt.getTime()).toBe(passed);
        expect(expiresAt?.getTime()).toBe(passed + 60_000);
        expect(await mesh.sweep()).toBe(1);
        const log = await readLog(world.storage, tenantId);
        const times = log.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      } finally {
        world.clock.set(passed);
      }
    });

    it("rounds a fractional clock down to milliseconds", async ({ mesh, ann, tenantId }) => {
      const whole = world.clock();
      try {
        world.clock.set(whole + 0.75);
        await ann.push("it", 1, { global: true, ttl: "1m" });
        const { updatedAt, expiresAt } = (await ann.getItem("it"))!;
        expect(updatedAt.getTime()).toBe(whole);
        expect(expiresAt?.getTime()).toBe(whole + 60_000);
        const log = await world.storage.log(tenantId, { after: "start", limit: 10 });
        expect(log.entries.map(({ at }) => at)).toEqual([whole]);
        expect(log.now).toBe(whole);
        const { now } = await world.storage.get(world.newTenantId(), null, ["none"]);
        expect(now).toBe(whole);
        world.clock.set(whole + 60_000.25);
        expect(await ann.get("it")).toBeUndefined();
        expect(await mesh.sweep()).toBe(1);
      } finally {
        world.clock.set(whole + 60_001);
      }
    });

    it("does not revive a lease when the clock goes back", async ({ ann }) => {
      await ann.push("it", 1, { global: true });
      const lease = await ann.claim({ key: "it" }, { lease: "1m" });
      world.clock.advance("2m");
      const passed = world.clock();
      await ann.push("witness", 1, { global: true });
      try {
        world.clock.set(passed - 120_000);
        await rejects(() => lease?.complete("done"), "STALE_TOKEN");
        expect((await ann.claim({ key: "it" }))?.item.key).toBe("it");
      } finally {
        world.clock.set(passed);
      }
    });
  },
  pastSubscriptions(world, it) {
    it("omits expired values from a resumed watch", async ({ mesh, ann, bea }) => {
      const { cursor } = await ann.events();
      await ann.push("it", "secret", { global: true, ttl: "1m" });
      world.clock.advance("1m");
      const unswept = new Feed(bea.watch({ since: cursor }));
      expect(JSON.stringify(await unswept.drain(mesh))).not.toContain("secret");
      await mesh.sweep();
      const swept = new Feed(bea.watch({ since: cursor }));
      const lines = (await swept.drain(mesh)).filter((text) => !text.includes("mark"));
      expect(lines).toEqual(["expire it"]);
    });

    it("emits and logs a replaced expired item once", async ({ mesh, ann, system }) => {
      const feed = new Feed(ann.watch());
      await ann.push("it", "old", { global: true, ttl: "1m" });
      expect(await feed.lines(1)).toEqual(['put it="old"']);
      world.clock.advance("1m");
      await ann.push("it", "new", { global: true });
      expect(await feed.drain(mesh)).toEqual(["expire it", 'put it="new"']);
      const history = await system.history("it");
      expect(history.map(({ type, value }) => [type, value])).toEqual([
        ["put", undefined],
        ["expire", undefined],
        ["put", "new"],
      ]);
    });
  },
});
