import { expect } from "vitest";
import { ContextMesh, type MeshOptions, type Untyped } from "@syntha/core";
import { decide, type Operation, type Storage } from "@syntha/core/storage";
import {
  Feed,
  expectPages,
  NAMES_BY_CODE_POINT,
  readLog,
  readPages,
  rejects,
  rule,
  tenantSnapshot,
  type TenantSnapshot,
  type World,
} from "../harness/index.ts";

/** Pairs of ids that a naive storage confuses. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["tenant-1", "tenant-10"],
  ["a", "a/b"],
  ["a", "a:t"],
  ["a%", "ab"],
  ["a_", "ab2"],
  ["A", "a1"],
  ["x", "X"],
  ["caf\u00E9", "cafe\u0301"],
  ["t", "t "],
  ["1", "01"],
  ["1.0", "1.00"],
  ["null", "undefined"],
  ["__proto__", "constructor"],
  ["'", "''"],
  ["\u{1F98A}", "\uE000"],
  ["y".repeat(256), "y".repeat(255)],
];

const AGENTS = ["Ann", "Bea"];

/** Uses the same names in every tenant, with `mark` as value. Returns the token of a lease on `task`. */
async function seedTenant(world: World, tenantId: string, mark: string): Promise<string> {
  const mesh = world.mesh({ tenantId });
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["t", mark]);
  await ann.push("it", mark, { topics: ["t"] });
  await ann.push("task", mark, { topics: ["t"] });
  await ann.push(`only ${mark}`, mark, { topics: [mark], subscribers: ["Bea"] });
  await ann.push("expired", mark, { global: true, ttl: "1m" });
  await ann.publish("happened", mark, { topics: ["t"], id: "e" });
  await mesh.setPermissions("Ann", { post: ["t", mark], direct: true, global: true });
  const lease = await bea.claim({ key: "task" }, { lease: "1h" });
  return lease!.token;
}

/** Every operation, for agents and the system. */
function everyOperation(epoch: string, position: number): readonly Operation[] {
  const held = { key: "task", epoch, position, leaseId: 1 };
  const route = { topics: ["t"], subscribers: [], global: false };
  const put = { value: "0", route, routeIfNew: undefined, expiry: undefined };
  return [
    { type: "put", key: "it", ...put, ifRevision: undefined },
    { type: "put", key: "new", ...put, ifRevision: 0 },
    { type: "delete", key: "it", ifRevision: undefined },
    { type: "publish", id: "e", eventType: "x", data: "0", route },
    { type: "subscribe", agent: "Ann", topics: ["t", "new"] },
    { type: "unsubscribe", agent: "Bea", topics: ["t"] },
    { type: "setPermissions", agent: "Ann", permissions: null },
    { type: "claim", from: { key: "it" }, leaseMs: 1_000, leaseId: 1, maxAttempts: 1 },
    {
      type: "claim",
      from: { queues: ["tt", "sAnn"] },
      leaseMs: 1_000,
      leaseId: 1,
      maxAttempts: undefined,
    },
    { type: "extend", ...held, leaseMs: 1_000 },
    { type: "complete", ...held, result: "0", route: undefined, expiry: undefined },
    { type: "handOff", ...held, value: "0", route: undefined, expiry: undefined },
    { type: "retry", key: "it" },
    { type: "announce", agent: "Ann", card: { description: "x", capabilities: [] } },
    { type: "release", ...held, retryInMs: 0, refund: false, maxAttempts: undefined },
    { type: "endLease", key: "task", retryInMs: 0, refund: false, maxAttempts: undefined },
    { type: "deleteTopic", topic: "t" },
    { type: "sweep", limit: 100 },
    { type: "clear", limit: 1_000, from: undefined },
  ];
}

/** Results of every read, with every form of query. */
async function everyRead(storage: Storage, tenant: string): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const actor of [null, "Ann", "Bea", "Dov"]) {
    answers.push(await storage.get(tenant, actor, ["it", "task", "only one", "expired", "none"]));
    for (const filter of [{}, { topics: ["t"] }, { prefix: "only" }, { author: "Ann" }])
      answers.push(await storage.list(tenant, { actor, limit: 100, ...filter }));
    answers.push(await storage.list(tenant, { actor, limit: 100, state: "claimed" }));
    answers.push(await storage.events(tenant, { actor, limit: 100 }));
    answers.push(await storage.events(tenant, { actor, limit: 100, types: ["happened"] }));
  }
  for (const name of AGENTS) {
    answers.push(await storage.agents(tenant, { name }));
    answers.push(await storage.agents(tenant, { name, at: 1 }));
  }
  for (const prefix of [undefined, "A"])
    answers.push(await storage.agents(tenant, { prefix, limit: 100 }));
  for (const topic of ["t", "one"])
    answers.push(await storage.agents(tenant, { topic, limit: 100 }));
  answers.push(await storage.topics(tenant, { limit: 100 }));
  answers.push(await storage.topics(tenant, { prefix: "o", limit: 100 }));
  answers.push(await storage.topics(tenant, { names: ["t", "one"] }));
  answers.push(await storage.stats(tenant));
  answers.push(await storage.log(tenant, { after: "start", limit: 100 }));
  answers.push(await storage.log(tenant, { after: "start", key: "it", limit: 100 }));
  answers.push(await storage.log(tenant, { after: "end", limit: 100 }));
  return answers;
}

export const tenants = rule("R15 Tenants", {
  core(world, it) {
    it.each(["", undefined, null, 0, 7, [], {}, "\0", "\uD800", "z".repeat(257)])(
      "rejects %j as a tenant id",
      async (tenantId) => {
        const { storage } = world;
        const registry = world.registry();
        const options = { tenantId, storage } as MeshOptions<Untyped>;
        await rejects(() => new ContextMesh(options), "INVALID_TENANT");
        await rejects(() => registry.mesh(tenantId as string), "INVALID_TENANT");
        await rejects(registry.drop(tenantId as string), "INVALID_TENANT");
        await rejects(registry.release(tenantId as string), "INVALID_TENANT");
        await rejects(registry.stats(tenantId as string), "INVALID_TENANT");
        expect(await registry.list()).not.toContain("default");
      },
    );

    it("shares one mesh per tenant in a registry", async () => {
      const registry = world.registry();
      const tenantId = world.newTenantId();
      const mesh = registry.mesh(tenantId);
      expect(registry.mesh(tenantId)).toBe(mesh);
      await mesh.agent("Ann").push("it", 1, { global: true });
      expect((await registry.stats(tenantId)).items).toBe(1);
      await registry.release(tenantId);
      await rejects(mesh.agent("Ann").get("it"), "CLOSED");
      expect(await registry.mesh(tenantId).agent("Ann").get("it")).toBe(1);
      await registry.close();
      await registry.close();
      await rejects(() => registry.mesh(tenantId), "CLOSED");
    });
  },
  storage(world, it) {
    it.each(PAIRS)("keeps %j and %j apart", async (one, other) => {
      await seedTenant(world, one, "one");
      await seedTenant(world, other, "other");
      const meshes = [world.mesh({ tenantId: one }), world.mesh({ tenantId: other })] as const;
      for (const [mesh, mark] of [
        [meshes[0], "one"],
        [meshes[1], "other"],
      ] as const) {
        const bea = mesh.agent("Bea");
        expect(await bea.getAll()).toEqual({
          it: mark,
          task: mark,
          expired: mark,
          [`only ${mark}`]: mark,
        });
        expect(await bea.subscriptions()).toEqual([mark, "t"].sort());
        expect((await bea.events()).events.map(({ data }) => data)).toEqual([mark]);
        expect((await mesh.topics()).topics.map(({ name }) => name)).toEqual([mark, "t"].sort());
        expect(await mesh.stats()).toMatchObject({ items: 4, topics: 2, agents: 1, events: 1 });
      }
      const registry = world.registry();
      expect(await registry.drop(one)).toBe(true);
      expect(await meshes[1].agent("Bea").get("it")).toBe("other");
      expect((await meshes[0].stats()).items).toBe(0);
      expect(await registry.drop(other)).toBe(true);
    });

    it("rejects the lease of another tenant", async () => {
      const { storage } = world;
      const [mine, theirs] = [world.newTenantId(), world.newTenantId()];
      await seedTenant(world, mine, "one");
      await seedTenant(world, theirs, "one");
      const { epoch } = await storage.stats(mine);
      const { items } = await storage.list(theirs, { actor: null, limit: 10, state: "claimed" });
      const { position } = items[0]!.lease!;
      const before = await tenantSnapshot(storage, theirs, AGENTS);
      const held = everyOperation(epoch, position).filter((op) => "epoch" in op);
      const outcomes = await storage.commit(
        theirs,
        held.map((op) => ({ actor: "Bea", ops: [op] })),
        decide,
      );
      expect(outcomes.map((each) => (each.ok ? "ok" : each.error.code))).toEqual(
        held.map(() => "STALE_TOKEN"),
      );
      expect(await tenantSnapshot(storage, theirs, AGENTS)).toEqual(before);
    });

    it("notifies each tenant of its own changes", async () => {
      const meshes = [world.mesh(), world.mesh()];
      const feeds = meshes.map((mesh) => new Feed(mesh.system.watch()));
      for (let n = 0; n < 4; n++)
        await meshes[n % 2]!.agent("Ann").push(`item ${n}`, n, { global: true });
      expect(await feeds[0]!.drain(meshes[0]!)).toEqual(["put item 0=0", "put item 2=2"]);
      expect(await feeds[1]!.drain(meshes[1]!)).toEqual(["put item 1=1", "put item 3=3"]);
    });
  },
  wrapper(world, it) {
    it("lists tenants by code point, in pages", async () => {
      const storage = await world.separateStorage();
      const keeper = world.mesh({}, storage);
      for (const tenantId of [...NAMES_BY_CODE_POINT].reverse())
        await world.mesh({ tenantId }, storage).agent("Ann").push("it", 1, { global: true });
      const { length } = NAMES_BY_CODE_POINT;
      for (const limit of [1, 2, length - 1, length, 1_000]) {
        const pages = await readPages(
          (after: string | undefined) => storage.listTenants({ after, limit }),
          ({ next }) => next,
        );
        const listed = pages.map(({ tenantIds }) => tenantIds);
        expectPages(listed, NAMES_BY_CODE_POINT, limit);
      }
      expect((await keeper.stats()).items).toBe(0);
    });
  },
  compaction(world, it) {
    it("writes nothing to another tenant", async () => {
      const { storage } = world;
      const [mine, theirs] = [world.newTenantId(), world.newTenantId()];
      const token = await seedTenant(world, mine, "one");
      await seedTenant(world, theirs, "other");
      world.clock.advance("1m");
      const { epoch } = await storage.stats(mine);
      const { items } = await storage.list(mine, { actor: null, limit: 10, state: "claimed" });
      const { position } = items[0]!.lease!;
      const before = await tenantSnapshot(storage, mine, AGENTS);
      for (const actor of ["Ann", "Bea", null]) {
        for (const op of everyOperation(epoch, position))
          await storage.commit(theirs, [{ actor, ops: [op] }], decide);
      }
      await storage.compact({ tenantId: theirs, log: {}, limit: 1_000 });
      await storage.dropTenant({ tenantId: theirs });
      expect(await tenantSnapshot(storage, mine, AGENTS)).toEqual(before);
      await world.mesh({ tenantId: mine }).agent("Bea").lease("task", token).complete("done");
    });
  },
  pastSubscriptions(world, it) {
    it("reads nothing of another tenant", async () => {
      const [full, empty, never] = [world.newTenantId(), world.newTenantId(), world.newTenantId()];
      await seedTenant(world, full, "one");
      const before = await everyRead(world.storage, never);
      const text = JSON.stringify(before);
      expect(text).not.toMatch(/"one"|happened|"Ann","author"/);
      expect(JSON.stringify(await everyRead(world.storage, empty))).toBe(text);
      expect(JSON.stringify(await everyRead(world.storage, full))).toMatch(/only one/);
    });

    it("is created by its first write, not by reads", async ({ mesh, ann, tenantId }) => {
      const registry = world.registry();
      await everyRead(world.storage, tenantId);
      await mesh.sweep();
      await mesh.clear();
      await rejects(mesh.deleteTopic("t"), "NOT_FOUND");
      await rejects(ann.push("it", 1), "ROUTE_REQUIRED");
      await rejects(ann.claim({ topic: "t" }), "FORBIDDEN");
      expect((await registry.stats(tenantId)).revision).toBe(0);
      expect(await registry.list()).not.toContain(tenantId);
      expect(await registry.drop(tenantId)).toBe(false);
      await ann.subscribe(["t"]);
      expect(await registry.list()).toContain(tenantId);
    });

    it("starts from nothing when recreated, rejects old cursors", async () => {
      const registry = world.registry();
      const tenantId = world.newTenantId();
      const token = await seedTenant(world, tenantId, "one");
      const { bea } = world.team({ tenantId });
      const { cursor } = await bea.events();
      const { epoch } = await world.storage.stats(tenantId);
      await registry.drop(tenantId);
      const again = await seedTenant(world, tenantId, "again");
      expect((await world.storage.stats(tenantId)).epoch).not.toBe(epoch);
      expect((await readLog(world.storage, tenantId))[0]?.position).toBe(1);
      expect(await bea.get("it")).toBe("again");
      expect(await bea.subscriptions()).toEqual(["again", "t"]);
      await rejects(bea.events({ since: cursor }), "INVALID_CURSOR");
      await rejects(new Feed(bea.watch({ since: cursor })).next(), "INVALID_CURSOR");
      await rejects(bea.lease("task", token).complete("stolen"), "STALE_TOKEN");
      await bea.lease("task", again).complete("done");
    });

    it("leaves nothing after a drop", async () => {
      const registry = world.registry();
      const { storage } = world;
      const [tenantId, never] = [world.newTenantId(), world.newTenantId()];
      await seedTenant(world, tenantId, "one");
      world.clock.advance("1h");
      await world
        .mesh({ tenantId })
        .agent("Bea")
        .push("late", 1, { topics: ["t"] });
      world.clock.advance("1m");
      expect(await registry.drop(tenantId)).toBe(true);
      const [dropped, none] = [await everyRead(storage, tenantId), await everyRead(storage, never)];
      expect(dropped).toEqual(none);
      expect(await registry.list()).not.toContain(tenantId);
      expect(await registry.drop(tenantId)).toBe(false);
    });

    it("shows two meshes of one tenant the same", async ({ tenantId }) => {
      const [one, other] = [world.mesh({ tenantId }), world.mesh({ tenantId })];
      const feed = await new Feed(other.agent("Bea").watch()).started();
      await one.agent("Bea").subscribe(["t"]);
      await one.agent("Ann").push("it", 1, { topics: ["t"] });
      expect(await other.agent("Bea").getAll()).toEqual({ it: 1 });
      expect(await feed.lines(1)).toEqual(["put it=1"]);
      const contents: TenantSnapshot = await tenantSnapshot(world.storage, tenantId);
      expect(contents.head).toBe(2);
    });
  },
});
