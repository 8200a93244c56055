import { expect } from "vitest";
import {
  type AgentContext,
  type ContextMesh,
  ERROR_CODES,
  type ErrorCode,
  isSynthaError,
  type Lease,
  SynthaError,
} from "@syntha/core";
import { decide, type FullStorage, type Operation } from "@syntha/core/storage";
import { Feed, rejects, rule, tenantSnapshot, times } from "../harness/index.ts";

interface Scene {
  readonly mesh: ContextMesh;
  readonly dov: AgentContext;
  readonly stale: Lease;
}

/** For each error code of a mesh: a call that is rejected with it, and the error's details. */
const REFUSALS: Readonly<
  Partial<Record<ErrorCode, readonly [(scene: Scene) => unknown, unknown]>>
> = {
  INVALID_ARGUMENTS: [({ dov }) => dov.list({ limit: 0 }), { path: "limit", maximum: 1_000 }],
  INVALID_TEXT: [({ dov }) => dov.get("\0"), { what: "key" }],
  INVALID_VALUE: [
    ({ dov }) => dov.push("it", { at: new Date(0) } as never, { global: true }),
    { path: "$.at" },
  ],
  TOO_LARGE: [({ dov }) => dov.get("x".repeat(300)), { what: "key", size: 300, maximum: 256 }],
  TOO_COMPLEX: [
    ({ dov }) =>
      dov.push(
        "it",
        times(10_001, () => 0),
        { global: true },
      ),
    { what: "nodes", maximum: 10_000 },
  ],
  INVALID_ROUTE: [({ dov }) => dov.push("it", 1, { topics: [] }), {}],
  ROUTE_REQUIRED: [({ dov }) => dov.push("it", 1), {}],
  INVALID_CURSOR: [({ dov }) => dov.events({ since: "nonsense" }), {}],
  KEY_TAKEN: [({ dov }) => dov.push("hidden", 1), { key: "hidden" }],
  NOT_OWNER: [({ dov }) => dov.delete("shown"), { key: "shown" }],
  NOT_FOUND: [({ mesh }) => mesh.deleteTopic("none"), {}],
  CONFLICT: [({ dov }) => dov.push("shown", 2, { ifRevision: 99 }), { key: "shown", revision: 2 }],
  STALE_TOKEN: [({ stale }) => stale.complete("late"), { key: "shown" }],
  FORBIDDEN: [
    ({ dov }) => dov.push("it", 1, { topics: ["closed"], subscribers: ["Ann"] }),
    { topics: ["closed"], direct: true },
  ],
  ABORTED: [({ dov }) => dov.update("shown", () => 1, { signal: AbortSignal.abort() }), {}],
};

/** Every method of a storage, with arguments that are valid when it is open. */
const METHODS: Readonly<Record<string, (storage: FullStorage) => Promise<unknown>>> = {
  commit: (storage) =>
    storage.commit(
      "t",
      [{ actor: null, ops: [{ type: "clear", limit: 1_000, from: undefined }] }],
      decide,
    ),
  get: (storage) => storage.get("t", null, ["it"]),
  list: (storage) => storage.list("t", { actor: null, limit: 1 }),
  events: (storage) => storage.events("t", { actor: null, limit: 1 }),
  agents: (storage) => storage.agents("t", { name: "Ann" }),
  topics: (storage) => storage.topics("t", { limit: 1 }),
  stats: (storage) => storage.stats("t"),
  log: (storage) => storage.log("t", { after: "start", limit: 1 }),
  listTenants: (storage) => storage.listTenants({ limit: 1 }),
  dropTenant: (storage) => storage.dropTenant({ tenantId: "t" }),
  compact: async (storage) =>
    storage.supports.compaction
      ? storage.compact({ tenantId: "t", log: {}, limit: 1_000 })
      : storage.stats("t"),
};

/** Every asynchronous method of a mesh and an agent. */
const CALLS: Readonly<Record<string, (mesh: ContextMesh) => Promise<unknown>>> = {
  push: (mesh) => mesh.agent("Ann").push("it", 1, { global: true }),
  pushMany: (mesh) => mesh.agent("Ann").pushMany([{ key: "it", value: 1, global: true }]),
  update: (mesh) => mesh.agent("Ann").update("it", () => 1, { global: true }),
  get: (mesh) => mesh.agent("Ann").get("it"),
  getMany: (mesh) => mesh.agent("Ann").getMany(["it"]),
  getAll: (mesh) => mesh.agent("Ann").getAll(),
  keys: (mesh) => mesh.agent("Ann").keys(),
  list: (mesh) => mesh.agent("Ann").list(),
  delete: (mesh) => mesh.agent("Ann").delete("it"),
  subscribe: (mesh) => mesh.agent("Ann").subscribe(["t"]),
  subscriptions: (mesh) => mesh.agent("Ann").subscriptions(),
  claim: (mesh) => mesh.agent("Ann").claim({ key: "it" }),
  publish: (mesh) => mesh.agent("Ann").publish("e", 1, { global: true }),
  events: (mesh) => mesh.agent("Ann").events(),
  changes: (mesh) => mesh.agent("Ann").changes(),
  explain: (mesh) => mesh.agent("Ann").explain("it"),
  explainMany: (mesh) => mesh.system.explainMany("Ann", ["it"]),
  audience: (mesh) => mesh.system.audience("it"),
  log: (mesh) => mesh.system.log(),
  leases: (mesh) => mesh.system.leases(),
  history: (mesh) => mesh.system.history("it"),
  topics: (mesh) => mesh.topics(),
  subscribers: (mesh) => mesh.subscribers("t"),
  deleteTopic: (mesh) => mesh.deleteTopic("t"),
  setPermissions: (mesh) => mesh.setPermissions("Ann", null),
  permissions: (mesh) => mesh.permissions("Ann"),
  stats: (mesh) => mesh.stats(),
  at: (mesh) => mesh.at(0),
  sweep: (mesh) => mesh.sweep(),
  clear: (mesh) => mesh.clear(),
  compact: (mesh) => mesh.compact({ log: { commits: 0 } }),
};

export const errors = rule("R16 Errors", {
  core(world, it) {
    it.for(Object.keys(REFUSALS) as ErrorCode[])(
      "%s has details and a hint and changes nothing",
      async (code, { mesh, ann, dov, tenantId }) => {
        await ann.push("hidden", 1, { subscribers: ["Bea"] });
        await ann.push("shown", 1, { subscribers: ["Dov"], global: false });
        const stale = (await dov.claim({ key: "shown" }))!;
        await stale.release();
        await mesh.setPermissions("Dov", { post: ["open"] });
        const before = await tenantSnapshot(world.storage, tenantId, ["Dov"]);
        const [call, details] = REFUSALS[code]!;
        const error = await rejects(async () => call({ mesh, dov, stale }), code);
        expect(error).toBeInstanceOf(SynthaError);
        expect(error).toBeInstanceOf(Error);
        expect([isSynthaError(error), isSynthaError(error, code)]).toEqual([true, true]);
        expect(isSynthaError(error, code === "CLOSED" ? "ABORTED" : "CLOSED")).toBe(false);
        expect([error.code, error.details, error.retryable]).toEqual([code, details, false]);
        expect(JSON.parse(JSON.stringify(error))).toEqual({
          code,
          message: error.message,
          hint: error.hint,
          details,
          retryable: false,
        });
        expect(ERROR_CODES).toContain(code);
        expect(await tenantSnapshot(world.storage, tenantId, ["Dov"])).toEqual(before);
      },
    );

    it.each(Object.keys(CALLS))("%s rejects with CLOSED when the mesh is closed", async (name) => {
      const mesh = world.mesh();
      const { tenantId } = mesh;
      await mesh.agent("Ann").push("it", 1, { global: true });
      const before = await tenantSnapshot(world.storage, tenantId);
      await mesh.close();
      await mesh.close();
      await rejects(() => CALLS[name]!(mesh), "CLOSED");
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });

    it("watch and work throw CLOSED when the mesh is closed", async ({ mesh, ann, tenantId }) => {
      await ann.push("it", 1, { global: true });
      await ann.claim({ key: "it" });
      await mesh.close();
      await rejects(() => ann.watch(), "CLOSED");
      await rejects(() => ann.work("t", () => 1), "CLOSED");
      expect((await world.storage.get(tenantId, null, ["it"])).items[0]?.value).toBe("1");
    });

    it("closes a storage with its last mesh and reopens it", async () => {
      const storage = await world.separateStorage();
      const [one, other] = [world.mesh({}, storage), world.mesh({}, storage)];
      await one.agent("Ann").push("it", 1, { global: true });
      await other.agent("Ann").push("it", 1, { global: true });
      await one.close();
      expect(await other.agent("Ann").get("it")).toBe(1);
      await other.close();
      await rejects(storage.stats(one.tenantId), "CLOSED");
      const next = world.mesh({}, storage);
      await next.agent("Ann").push("it", 1, { global: true });
      expect(await next.agent("Ann").get("it")).toBe(1);
    });

    it("reveals nothing of other agents or the storage", async () => {
      const { mesh, dov } = world.team({ tenantId: `${world.newTenantId()} hush-tenant` });
      await mesh.agent("Secretive").push("hidden", "hush", { subscribers: ["Hush-Bea"] });
      await mesh.agent("Secretive").publish("e", 1, { subscribers: ["Hush-Bea"], id: "e" });
      const revealed: string[] = [];
      for (const call of [
        () => dov.push("hidden", 1),
        () => dov.publish("e", 1, { global: true, id: "e" }),
        () => dov.lease("hidden", "1z-hush-1").complete("x"),
        () => dov.delete("hidden", { ifRevision: 1 }),
        () => dov.claim({ topic: "none" }),
      ]) {
        const error: unknown = await call().catch((thrown: unknown) => thrown);
        expect(isSynthaError(error)).toBe(true);
        revealed.push(JSON.stringify(error), String((error as Error).message));
      }
      expect(revealed.join()).not.toMatch(/Secretive|Hush|hush-tenant|SQL|select|stack/i);
    });

    it("ends a watch after its error", async ({ mesh, ann }) => {
      const { cursor } = await ann.events();
      await ann.push("it", 1, { global: true });
      await ann.push("it", 2);
      await mesh.compact({ log: { commits: 0 } });
      const { watch } = new Feed(ann.watch({ since: cursor }));
      await rejects(watch.next(), "CURSOR_COMPACTED");
      expect(await watch.next()).toEqual({ done: true, value: undefined });
    });
  },
  wrapper(world, it) {
    it.each(Object.keys(METHODS))(
      "%s rejects with CLOSED when the storage is not open",
      async (name) => {
        const storage = await world.separateStorage();
        await rejects(METHODS[name]!(storage), "CLOSED");
        await storage.open();
        expect(await METHODS[name]!(storage)).toBeDefined();
        await storage.close();
        await storage.close();
        await rejects(METHODS[name]!(storage), "CLOSED");
        await storage.open();
        expect(await METHODS[name]!(storage)).toBeDefined();
      },
    );

    it("rejects instead of throwing when the storage is not open", async () => {
      const storage = await world.separateStorage();
      const codes = Object.values(METHODS).map((method) =>
        method(storage).then(
          () => "answered",
          (error: unknown) => (isSynthaError(error) ? error.code : "another error"),
        ),
      );
      expect(new Set(await Promise.all(codes))).toEqual(new Set(["CLOSED"]));
    });

    it("finishes running calls when closed", async () => {
      const storage = await world.separateStorage();
      const { mesh, ann } = world.team({}, storage);
      const calls = times(30, (n) => ann.push(`item ${n}`, n, { global: true }));
      await mesh.close();
      const settled = await Promise.allSettled(calls);
      expect(settled.map(({ status }) => status)).toEqual(calls.map(() => "fulfilled"));
      await storage.open();
      const reads = times(5, () => storage.stats("t"));
      const commits = times(5, (n) => {
        const op: Operation = { type: "subscribe", agent: "Ann", topics: [`topic ${n}`] };
        return storage.commit("t", [{ actor: "Ann", ops: [op] }], decide);
      });
      // One promise, so that no rejected call is left unhandled.
      const [outcomes] = await Promise.all([
        Promise.all(commits),
        Promise.all(reads),
        storage.close(),
      ]);
      expect(outcomes.flat().map((each) => each.ok && each.position)).toEqual([1, 2, 3, 4, 5]);
    });
  },
});
