import { expect, it } from "vitest";
import type { ContextMesh, Duration, JsonValue } from "@syntha/core";
import { readItems, readLog } from "../harness/tenant-snapshot.ts";
import type { StorageContract } from "../contract.ts";
import { Feed } from "../harness/feed.ts";
import { rejects } from "../harness/rejects.ts";
import { rule, type World } from "../harness/world.ts";

/** Every way in which an expired item could still be told of, and what is told instead. */
const READS: Readonly<Record<string, readonly [(mesh: ContextMesh) => unknown, unknown]>> = {
  get: [(mesh) => mesh.system.get("gone"), undefined],
  getItem: [(mesh) => mesh.agent("Ann").getItem("gone"), undefined],
  getMany: [(mesh) => mesh.system.getMany(["gone", "stays"]), { stays: 2 }],
  getAll: [(mesh) => mesh.agent("Bea").getAll(), { stays: 2 }],
  "getAll of a topic": [(mesh) => mesh.system.getAll({ topic: "t" }), { stays: 2 }],
  "getAll of a prefix": [(mesh) => mesh.system.getAll({ prefix: "go" }), {}],
  keys: [(mesh) => mesh.agent("Bea").keys(), ["stays"]],
  keysByTopic: [(mesh) => mesh.system.keysByTopic(), { t: ["stays"] }],
  list: [async (mesh) => (await mesh.system.list()).items.map(({ key }) => key), ["stays"]],
  "list of a page": [async (mesh) => (await mesh.system.list({ limit: 1 })).nextPage, undefined],
  "claim by key": [(mesh) => mesh.system.claim({ key: "gone" }), undefined],
  "claim by topic": [
    async (mesh) => {
      const lease = await mesh.agent("Bea").claim({ topic: "t" });
      await lease?.release();
      return lease?.item.key;
    },
    "stays",
  ],
  explain: [async (mesh) => (await mesh.agent("Bea").explain("gone")).notVisibleBecause, "absent"],
  "explain to the system": [
    async (mesh) => (await mesh.system.explain("Bea", "gone")).notVisibleBecause,
    "expired",
  ],
  topics: [async (mesh) => (await mesh.topics()).topics, [{ name: "t", subscribers: 1, items: 1 }]],
  "topics of an agent": [
    async (mesh) => (await mesh.agent("Bea").topics({ prefix: "l" })).topics,
    [],
  ],
  stats: [async (mesh) => (await mesh.stats()).items, 1],
  delete: [(mesh) => mesh.agent("Ann").delete("gone"), false],
  "watch with what is there": [
    async (mesh) => {
      const feed = new Feed(mesh.agent("Bea").watch({ initial: true }));
      return feed.lines(2);
    },
    ["put stays=2", "ready"],
  ],
  history: [
    async (mesh) => (await mesh.system.history("gone")).map(({ value }) => value),
    [undefined],
  ],
};

async function expireItem(world: World, mesh: ContextMesh): Promise<void> {
  await mesh.agent("Bea").subscribe(["t"]);
  await mesh.agent("Ann").push("gone", 1, { topics: ["t", "lapsed"], ttl: "1m" });
  await mesh.agent("Ann").push("stays", 2, { topics: ["t"] });
  world.clock.advance("1m");
}

export function timeToLive(contract: StorageContract): void {
  rule(contract, "R8 Time to live", (world) => {
    it.each(Object.keys(READS))(
      "tells by %s nothing of what is expired, swept or not",
      async (way) => {
        const mesh = world.mesh();
        await expireItem(world, mesh);
        const [ask, answer] = READS[way]!;
        expect(await ask(mesh)).toEqual(answer);
        await mesh.sweep();
        if (way === "history") return;
        expect(await ask(mesh)).toEqual(answer);
      },
    );

    it("names no topic whose items are all expired as the place of the next page", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").pushMany([
        ...["b1", "b2", "b3", "b4", "d", "f"].map((name) => ({
          key: `gone ${name}`,
          value: 1,
          topics: [name],
          ttl: "1m" as const,
        })),
        ...["a", "c", "e"].map((name) => ({ key: name, value: 1, topics: [name] })),
      ]);
      world.clock.advance("1m");
      const pages = async (limit: number): Promise<[string[], string | null][]> => {
        const found: [string[], string | null][] = [];
        for (let after: string | undefined; ;) {
          const page = await world.storage.topics(mesh.tenantId, { after, limit });
          found.push([page.topics.map(({ name }) => name), page.next]);
          if (page.next === null) return found;
          after = page.next;
        }
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
        expect(await world.storage.topics(mesh.tenantId, prefixed)).toMatchObject({
          topics: [],
          next: null,
        });
      }
    });

    it("counts what is expired apart until it is swept", async () => {
      const mesh = world.mesh();
      await expireItem(world, mesh);
      await mesh.agent("Ann").push("for all", 1, { global: true, ttl: "1s" });
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

    it.each<[Duration, number]>([
      ["1ms" as Duration, 1],
      [1, 1],
      ["2s", 2_000],
      ["5m", 300_000],
      ["1h", 3_600_000],
      ["7d", 604_800_000],
      ["1.5h", 5_400_000],
    ])("lets an item with a ttl of %j go in the very millisecond", async (ttl, ms) => {
      const mesh = world.mesh();
      const now = world.clock();
      const { expiresAt } = await mesh.agent("Ann").push("it", 1, { global: true, ttl });
      expect(expiresAt).toEqual(new Date(now + ms));
      expect((await mesh.agent("Ann").getItem("it"))?.expiresAt).toEqual(new Date(now + ms));
      world.clock.advance(ms - 1);
      expect(await mesh.agent("Ann").get("it")).toBe(1);
      world.clock.advance(1);
      expect(await mesh.agent("Ann").get("it")).toBeUndefined();
    });

    it("gives no expiry to what is pushed without one", async () => {
      const mesh = world.mesh();
      expect((await mesh.agent("Ann").push("it", 1, { global: true })).expiresAt).toBeUndefined();
      world.clock.advance("7d");
      world.clock.advance("365d");
      expect(await mesh.agent("Ann").get("it")).toBe(1);
    });

    it.each<[string, (mesh: ContextMesh) => Promise<unknown>, number | undefined]>([
      ["a push without one", (mesh) => mesh.agent("Bea").push("it", 2), undefined],
      ["a push with one", (mesh) => mesh.agent("Bea").push("it", 2, { ttl: "2h" }), 120],
      ["a push that keeps it", (mesh) => mesh.agent("Bea").push("it", 2, { ttl: "keep" }), 60],
      ["an update", (mesh) => mesh.agent("Bea").update("it", () => 2, { ttl: "2h" }), 60],
      [
        "a completion without one",
        async (mesh) => (await mesh.agent("Bea").claim({ key: "it" }))?.complete(2),
        undefined,
      ],
      [
        "a completion with one",
        async (mesh) => (await mesh.agent("Bea").claim({ key: "it" }))?.complete(2, { ttl: "2h" }),
        120,
      ],
      [
        "a completion that keeps it",
        async (mesh) =>
          (await mesh.agent("Bea").claim({ key: "it" }))?.complete(2, { ttl: "keep" }),
        60,
      ],
      ["a claim", (mesh) => mesh.agent("Bea").claim({ key: "it" }, { lease: "5h" }), 60],
    ])("sets the expiry anew by %s", async (_, write, minutes) => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { global: true, ttl: "1h" });
      await write(mesh);
      const { expiresAt } = (await mesh.system.getItem("it"))!;
      const expected = minutes === undefined ? undefined : world.clock() + minutes * 60_000;
      expect(expiresAt?.getTime()).toBe(expected);
    });

    it("keeps nothing for a key that is new", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("it", 1, { global: true, ttl: "1m" });
      world.clock.advance("1m");
      const { expiresAt } = await mesh.agent("Ann").push("it", 2, { global: true, ttl: "keep" });
      expect(expiresAt).toBeUndefined();
    });

    it("treats the key of an expired item as free", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const first = await ann.push("it", 1, { subscribers: ["Bea"], ttl: "1m" });
      world.clock.advance("1m");
      const conflict = await rejects(ann.push("it", 2, { ifRevision: first.revision }), "CONFLICT");
      expect(conflict.details).toEqual({ key: "it", revision: 0 });
      const deletion = ann.delete("it", { ifRevision: first.revision });
      expect((await rejects(deletion, "CONFLICT")).details.revision).toBe(0);
      const seen: unknown[] = [];
      const dov = mesh.agent("Dov");
      await dov.update("it", (old) => (seen.push(old), 3), { subscribers: ["Dov"] });
      expect(seen).toEqual([undefined]);
      const item = (await dov.getItem("it"))!;
      expect(item).toMatchObject({ value: 3, owner: "Dov", createdAt: new Date(world.clock()) });
      expect(item.revision).toBeGreaterThan(first.revision);
      await rejects(dov.push("it", 4, { ifRevision: 0 }), "CONFLICT");
    });

    it("shows what is created anew on an expired key, unswept, live and in history", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const feed = new Feed(ann.watch());
      await ann.push("it", "old", { global: true, ttl: "1m" });
      expect(await feed.lines(1)).toEqual(['put it="old"']);
      world.clock.advance("1m");
      await ann.push("it", "new", { global: true });
      expect(await feed.drain(mesh)).toEqual(["expire it", 'put it="new"']);
      const history = await mesh.system.history("it");
      expect(history.map(({ type, value }) => [type, value])).toEqual([
        ["put", undefined],
        ["expire", undefined],
        ["put", "new"],
      ]);
    });

    it("holds no value of an expired item in log and history, swept or not", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const { end } = await world.storage.log(mesh.tenantId, { after: "end", limit: 1 });
      await ann.push("it", "secret one", { global: true, ttl: "1h" });
      await ann.push("it", "secret two", { ttl: "keep" });
      await (await ann.claim({ key: "it" }))?.release();
      await ann.push("other", "open", { global: true });
      world.clock.advance("1h");
      const look = async (): Promise<void> => {
        const log = await readLog(world.storage, mesh.tenantId);
        expect(JSON.stringify(log)).not.toContain("secret");
        expect(JSON.stringify(log)).toContain("open");
        const byKey = await readLog(world.storage, mesh.tenantId, "it");
        expect(JSON.stringify(byKey)).not.toContain("secret");
        const page = await world.storage.log(mesh.tenantId, { after: end, limit: 1_000 });
        expect(JSON.stringify(page)).not.toContain("secret");
        expect(JSON.stringify(await mesh.system.history("it"))).not.toContain("secret");
      };
      await look();
      await mesh.sweep();
      await look();
      await ann.push("it", "third", { global: true });
      await look();
      expect((await mesh.system.history("it")).at(-1)?.value).toBe("third");
    });

    it("gives a watch that comes back no value of what has expired meanwhile", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const { cursor } = await ann.events();
      await ann.push("it", "secret", { global: true, ttl: "1m" });
      world.clock.advance("1m");
      const unswept = new Feed(mesh.agent("Bea").watch({ since: cursor }));
      expect(JSON.stringify(await unswept.drain(mesh))).not.toContain("secret");
      await mesh.sweep();
      const swept = new Feed(mesh.agent("Bea").watch({ since: cursor }));
      const lines = (await swept.drain(mesh)).filter((text) => !text.includes("mark"));
      expect(lines).toEqual(["expire it"]);
    });

    it("logs exactly one expire for each item, however many sweep at once", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const pushes = Array.from({ length: 40 }, (_, n) => ({
        key: `item ${n}`,
        value: n,
        global: true,
        ttl: "1m" as const,
      }));
      await ann.pushMany(pushes);
      await ann.push("stays", 1, { global: true, ttl: "2m" });
      world.clock.advance("1m");
      const { tenantId } = mesh;
      const handles = [world.storage, ...(await world.handles())];
      const sweepers = handles.map((storage) => world.mesh({ tenantId }, storage));
      const swept = await Promise.all([...sweepers, ...sweepers].map((each) => each.sweep()));
      expect(swept.reduce((sum, n) => sum + n, 0)).toBe(40);
      expect(await mesh.sweep()).toBe(0);
      const log = await readLog(world.storage, mesh.tenantId);
      const expired = log.flatMap(({ change }) => (change.type === "expire" ? [change.key] : []));
      expect(expired.sort()).toEqual(pushes.map(({ key }) => key).sort());
      expect(await mesh.system.keys()).toEqual(["stays"]);
    });

    it("logs exactly one expire for an item that others come across before the sweep", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      for (const key of ["claimed", "pushed", "untopiced", "cleared"])
        await ann.push(key, 1, { topics: [key], ttl: "1m" });
      await ann.subscribe(["claimed", "untopiced"]);
      world.clock.advance("1m");
      expect(await ann.claim({ topic: "claimed" })).toBeUndefined();
      await ann.push("pushed", 2, { topics: ["pushed"] });
      await mesh.deleteTopic("untopiced");
      await mesh.clear();
      await mesh.sweep();
      const log = await readLog(world.storage, mesh.tenantId);
      const told = (type: string): string[] =>
        log.flatMap(({ change }) => ("key" in change && change.type === type ? [change.key] : []));
      expect(told("expire").sort()).toEqual(["claimed", "cleared", "pushed", "untopiced"]);
      expect(told("delete")).toEqual(["pushed"]);
    });

    it("sweeps more than one commit holds", async () => {
      const mesh = world.mesh();
      for (let batch = 0; batch < 3; batch++) {
        const pushes = Array.from({ length: 400 }, (_, n) => ({
          key: `item ${batch}/${n}`,
          value: n,
          topics: ["t"],
          ttl: "1m" as const,
        }));
        await mesh.agent("Ann").pushMany(pushes);
      }
      world.clock.advance("1m");
      expect(await mesh.sweep()).toBe(1_200);
      expect(await mesh.stats()).toMatchObject({ items: 0, expired: 0, topics: 0 });
    });

    it("sweeps in the background", async () => {
      const mesh = world.mesh({ sweepEvery: 5 });
      await mesh.agent("Ann").push("it", 1, { global: true, ttl: "1m" });
      const feed = new Feed(mesh.agent("Bea").watch());
      world.clock.advance("1m");
      expect(await feed.lines(1)).toEqual(["expire it"]);
    });

    it("leaves other tenants' expired items to their own sweeps", async () => {
      const [one, other] = [world.mesh(), world.mesh()];
      for (const mesh of [one, other])
        await mesh.agent("Ann").push("it", 1, { global: true, ttl: "1m" });
      world.clock.advance("1m");
      await one.sweep();
      expect((await other.stats()).expired).toBe(1);
    });

    it("revives nothing when the clock is set back", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
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
        const log = await readLog(world.storage, mesh.tenantId);
        const times = log.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      } finally {
        world.clock.set(passed);
      }
    });

    it("takes whole milliseconds of a clock that has fractions of them", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
      const whole = world.clock();
      try {
        world.clock.set(whole + 0.75);
        await ann.push("it", 1, { global: true, ttl: "1m" });
        const { updatedAt, expiresAt } = (await ann.getItem("it"))!;
        expect(updatedAt.getTime()).toBe(whole);
        expect(expiresAt?.getTime()).toBe(whole + 60_000);
        const log = await world.storage.log(mesh.tenantId, { after: "start", limit: 10 });
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

    it("gives a lease no longer life when the clock is set back", async () => {
      const mesh = world.mesh();
      const ann = mesh.agent("Ann");
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

    it.each<JsonValue>([
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
    ])("refuses the ttl %j, and changes nothing", async (ttl) => {
      const mesh = world.mesh();
      const push = mesh.agent("Ann").push("it", 1, { global: true, ttl: ttl as Duration });
      await rejects(push, "INVALID_ARGUMENTS");
      expect(await readItems(world.storage, mesh.tenantId)).toEqual([]);
    });
  });
}
