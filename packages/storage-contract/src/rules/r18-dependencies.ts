import { expect, it } from "vitest";
import type { AgentContext, ContextMesh } from "@syntha/core";
import { readLog, rejects, rule, tenantSnapshot, times, type World } from "../harness/index.ts";
import { claimedKeys } from "./r18-sources.ts";

const T = { topics: ["t"] };

interface Scene {
  readonly mesh: ContextMesh;
  readonly ann: AgentContext;
  readonly worker: AgentContext;
  readonly tenantId: string;
}

/** `first`, and `next` that depends on it. */
async function seedPair(world: World, ttl?: "1m"): Promise<Scene> {
  const team = world.team();
  await team.worker.subscribe(["t"]);
  await team.ann.push("first", 1, { ...T, ttl });
  await team.ann.push("next", 2, { ...T, priority: 9, dependsOn: ["first"] });
  return team;
}

/** What satisfies a dependency on `first`. */
const ENDINGS: Readonly<Record<string, (scene: Scene, world: World) => Promise<unknown>>> = {
  "its completion": async ({ worker }) => (await worker.claim({ key: "first" }))?.complete("done"),
  "its completion without a result": async ({ worker }) =>
    (await worker.claim({ key: "first" }))?.complete(),
  "its deletion": ({ ann }) => ann.delete("first"),
  "the sweep after its expiry": async ({ mesh }, world) => {
    world.clock.advance("1m");
    await mesh.sweep();
  },
  "a push to its key after its expiry": async ({ ann }, world) => {
    world.clock.advance("1m");
    await ann.push("first", 3, { global: true });
  },
  "a claim that finds it expired": async ({ worker }, world) => {
    world.clock.advance("1m");
    expect(await worker.claim({ topic: "t" })).toBeUndefined();
  },
};

export const dependencies = rule("R18 Dependencies", {
  core(world) {
    it.each<[string, string[], readonly string[]]>([
      ["a key that holds nothing", ["none"], ["none"]],
      ["an unseen item", ["hidden"], ["hidden"]],
      ["both, beside a visible item", ["it", "none", "hidden"], ["none", "hidden"]],
    ])("rejects a dependency on %s", async (_, dependsOn, keys) => {
      const { ann, bea, tenantId } = world.team();
      await ann.push("it", 1, { global: true });
      await bea.push("hidden", 1, { subscribers: ["Cid"] });
      const before = await tenantSnapshot(world.storage, tenantId);
      const error = await rejects(ann.push("next", 1, { ...T, dependsOn }), "NOT_FOUND");
      expect(error.details).toEqual({ keys });
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });

    it.each<[string, unknown]>([
      ["an empty list", []],
      ["a text", "it"],
      ["65 keys", times(65, (n) => `${n}`)],
      ["itself", ["next"]],
    ])("rejects %s", async (_, dependsOn) => {
      const { ann } = world.team();
      const options = { ...T, dependsOn: dependsOn as string[] };
      await rejects(ann.push("next", 1, options), "INVALID_ARGUMENTS");
      expect(await ann.keys()).toEqual([]);
    });

    it("fixes what an item depends on when it is created", async () => {
      const { ann } = await seedPair(world);
      await ann.push("other", 1, T);
      for (const dependsOn of [["other"], ["first", "other"]])
        await rejects(ann.push("next", 3, { dependsOn }), "INVALID_ARGUMENTS");
      await rejects(ann.push("first", 3, { dependsOn: ["other"] }), "INVALID_ARGUMENTS");
      await ann.push("next", 3, { dependsOn: ["first"] });
      expect(await ann.getItem("next")).toMatchObject({ value: 3, dependsOn: ["first"] });
    });

    it("accepts an item that is pushed earlier in the same batch, not later", async () => {
      const { ann } = world.team();
      const a = { key: "a", value: 1, ...T };
      const b = { key: "b", value: 1, ...T, dependsOn: ["a"] };
      await rejects(ann.pushMany([b, a]), "NOT_FOUND");
      await ann.pushMany([a, b]);
      expect((await ann.getItem("b"))?.pendingDependencies).toEqual(["a"]);
    });
  },
  storage(world) {
    it.each(Object.entries(ENDINGS))("grants an item after %s, not before", async (title, end) => {
      const scene = await seedPair(world, title.includes("expir") ? "1m" : undefined);
      const { ann, worker } = scene;
      expect(await worker.claim({ key: "next" })).toBeUndefined();
      expect(await ann.getItem("next")).toMatchObject({
        state: "open",
        dependsOn: ["first"],
        pendingDependencies: ["first"],
      });
      await end(scene, world);
      expect(await ann.getItem("next")).toMatchObject({
        revision: 3,
        dependsOn: ["first"],
        pendingDependencies: [],
      });
      expect((await worker.claim({ topic: "t" }))?.key).toBe("next");
    });

    it("waits for every dependency", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t"]);
      await ann.pushMany([
        ...["a", "b", "c"].map((key) => ({ key, value: 1, ...T })),
        { key: "sum", value: 0, ...T, dependsOn: ["c", "a", "b"] },
      ]);
      for (const [key, pending] of [
        ["b", ["c", "a"]],
        ["a", ["c"]],
      ] as const) {
        await (await worker.claim({ key }))?.complete("done");
        expect((await ann.getItem("sum"))?.pendingDependencies).toEqual(pending);
        expect(await worker.claim({ key: "sum" })).toBeUndefined();
      }
      await (await worker.claim({ key: "c" }))?.complete("done");
      expect((await worker.claim({ topic: "t" }))?.key).toBe("sum");
    });

    it("is satisfied for good", async () => {
      const { ann, worker } = await seedPair(world);
      await (await worker.claim({ key: "first" }))?.complete("done");
      await ann.push("first", "again");
      expect((await worker.claim({ key: "next" }))?.key).toBe("next");
    });

    it("does not wait for an item that is done", async () => {
      const { ann, worker } = world.team();
      await ann.push("first", 1, T);
      await worker.subscribe(["t"]);
      await (await worker.claim({ key: "first" }))?.complete("done");
      await ann.push("next", 2, { ...T, dependsOn: ["first"] });
      expect((await worker.claim({ topic: "t" }))?.item).toMatchObject({
        dependsOn: ["first"],
        pendingDependencies: [],
      });
    });

    it("keeps waiting while a dependency fails or is handed off", async () => {
      const { worker } = await seedPair(world);
      await (await worker.claim({ key: "first" }))?.handOff(2);
      expect(await worker.claim({ key: "next" })).toBeUndefined();
      await (await worker.claim({ key: "first" }))?.release({ maxAttempts: 1 });
      expect(await worker.claim({ key: "next" })).toBeUndefined();
    });

    it("waits for its start after its dependencies", async () => {
      const { ann, worker } = await seedPair(world);
      await ann.push("next", 2, { notBefore: "1m" });
      await ann.delete("first");
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      world.clock.advance("1m");
      expect((await worker.claim({ topic: "t" }))?.key).toBe("next");
    });

    it("takes an item that a completion pushes as satisfied by it", async () => {
      const { worker } = await seedPair(world);
      await (
        await worker.claim({ key: "first" })
      )?.complete("done", {
        push: [{ key: "third", value: 3, ...T, dependsOn: ["first", "next"] }],
      });
      expect((await worker.getItem("third"))?.pendingDependencies).toEqual(["next"]);
    });

    it("satisfies items that the same commit changes", async () => {
      const { mesh, ann, worker } = world.team();
      await ann.push("first", 1, { topics: ["gone"] });
      await ann.push("next", 2, { topics: ["gone", "t"], dependsOn: ["first"] });
      await mesh.deleteTopic("gone");
      await worker.subscribe(["t"]);
      expect((await worker.claim({ topic: "t" }))?.item).toMatchObject({
        topics: ["t"],
        pendingDependencies: [],
      });
    });

    it("logs no entry for the items that become ready", async () => {
      const { ann, tenantId } = await seedPair(world);
      await ann.delete("first");
      const log = await readLog(world.storage, tenantId);
      expect(log.map(({ change }) => change.type).slice(-2)).toEqual(["put", "delete"]);
    });

    it("satisfies 1,000 items in one commit, and lets no more wait for one", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["t"]);
      await ann.push("first", 1, { global: true });
      await ann.pushMany(
        times(1_000, (n) => ({ key: `task ${n}`, value: n, ...T, dependsOn: ["first"] })),
      );
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      const more = { ...T, dependsOn: ["first"] };
      await rejects(ann.push("more", 1, more), "TOO_LARGE");
      await ann.delete("task 1");
      const two = ["more", "too many"].map((key) => ({ key, value: 1, ...more }));
      const pushes = await Promise.allSettled([ann.pushMany(two), ann.push("other", 1, more)]);
      expect(pushes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
      await (await worker.claim({ key: "first" }))?.complete("done");
      expect((await worker.claim({ topic: "t" }))?.key).toBe("task 0");
      const { items } = await ann.list({ prefix: "task", limit: 1_000, values: false });
      expect(items.filter((item) => item.pendingDependencies.length > 0)).toEqual([]);
    });

    it("runs a graph of tasks in the order of its dependencies", async () => {
      const meshes = await world.meshes({}, 2);
      const [mesh] = meshes;
      await mesh.agent("Worker").subscribe(["t"]);
      const keys = times(24, (n) => `task ${n}`);
      await mesh.agent("Ann").pushMany(
        keys.map((key, n) => ({
          key,
          value: n,
          ...T,
          priority: n % 3,
          ...(n > 0 && { dependsOn: [keys[(n - 1) >> 1]!, keys[(n - 1) >> 2]!] }),
        })),
      );
      const done: string[] = [];
      for (;;) {
        const worker = meshes[done.length % meshes.length]!.agent("Worker");
        const lease = await worker.claim({ topic: "t" });
        if (lease === undefined) break;
        for (const key of lease.item.dependsOn) expect(done).toContain(key);
        await lease.complete("done");
        done.push(lease.key);
      }
      expect([...done].sort()).toEqual([...keys].sort());
    });

    it("keeps waiting across a reopen", async ({ skip }) => {
      const { tenantId } = await seedPair(world);
      await world.reopen(skip);
      const mesh = world.mesh({ tenantId });
      const worker = mesh.agent("Worker");
      expect(await claimedKeys(worker, { topic: "t" })).toEqual(["first"]);
      await mesh.agent("Ann").delete("first");
      expect(await claimedKeys(worker, { topic: "t" })).toEqual(["next"]);
    });
  },
});
