import { expect, it } from "vitest";
import type { AgentContext, JsonValue } from "@syntha/core";
import { rejects, rule, tenantSnapshot, times } from "../harness/index.ts";

/** RFC 7396, appendix A: original, patch, result. */
const MERGE_PATCHES: readonly (readonly [JsonValue, JsonValue, JsonValue])[] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

const EDITS: Readonly<Record<string, (agent: AgentContext, key: string) => Promise<unknown>>> = {
  merge: (agent, key) => agent.merge(key, { a: 1 }, { global: true }),
  append: (agent, key) => agent.append(key, 1, { global: true }),
  increment: (agent, key) => agent.increment(key, 1, { global: true }),
};

export const edits = rule("Edits", {
  core(world) {
    it.each(MERGE_PATCHES)("merges %j with %j to %j", async (original, patch, merged) => {
      const { ann } = world.team();
      await ann.push<string, JsonValue>("it", original, { global: true });
      const { value } = await ann.merge<JsonValue>("it", patch);
      expect([value, await ann.get("it")]).toEqual([merged, merged]);
    });

    it("keeps the order of members, and treats __proto__ as a name", async () => {
      const { ann } = world.team();
      await ann.push("it", { z: 1, a: 2 }, { global: true });
      await ann.merge("it", JSON.parse('{"__proto__":{"x":1},"z":3}') as object);
      expect(JSON.stringify(await ann.get("it"))).toBe('{"z":3,"a":2,"__proto__":{"x":1}}');
    });

    it.each(Object.keys(EDITS))(
      "%s creates an item, then keeps its route and expiry",
      async (way) => {
        const { ann } = world.team();
        const { created } = (await EDITS[way]!(ann, "it")) as { created: boolean };
        await ann.push("it", { merge: {}, append: [], increment: 0 }[way], {
          topics: ["t"],
          ttl: "1h",
        });
        const before = await ann.getItem("it");
        await EDITS[way]!(ann, "it");
        const after = await ann.getItem("it");
        expect([created, after?.topics, after?.expiresAt]).toEqual([
          true,
          ["t"],
          before?.expiresAt,
        ]);
      },
    );

    it.each(Object.keys(EDITS))("%s reports a key that an unseen item holds", async (way) => {
      const { ann, bea } = world.team();
      await bea.push("it", 1, { subscribers: ["Bea"] });
      const { details } = await rejects(EDITS[way]!(ann, "it"), "KEY_TAKEN");
      expect(details).toEqual({ key: "it" });
    });

    it.each<[string, JsonValue]>([
      ["append", { list: [] }],
      ["append", null],
      ["append", "text"],
      ["increment", "1"],
      ["increment", null],
      ["increment", [1]],
    ])("%s refuses the value %j and changes nothing", async (way, value) => {
      const { ann, tenantId } = world.team();
      await ann.push<string, JsonValue>("it", value, { global: true });
      const before = await tenantSnapshot(world.storage, tenantId);
      await rejects(EDITS[way]!(ann, "it"), "INVALID_VALUE");
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });

    it("increments by 1, by a fraction and downwards", async () => {
      const { ann } = world.team();
      await ann.increment("it", undefined, { global: true });
      await ann.increment("it", 2.5);
      expect((await ann.increment("it", -5)).value).toBe(-1.5);
      for (const by of [Number.NaN, Number.POSITIVE_INFINITY, "1", 1n, null])
        await rejects(ann.increment("it", by as number), "INVALID_ARGUMENTS");
    });

    it.each([
      [Number.MAX_SAFE_INTEGER, 1],
      [Number.MIN_SAFE_INTEGER, -1],
      [2 ** 53, -1.5e300],
      [1e308, 1e308],
    ])("refuses to increment %d by %d, where it could not count", async (value, by) => {
      const { ann } = world.team();
      await ann.push("it", value, { global: true });
      await rejects(ann.increment("it", by), "INVALID_VALUE");
      expect(await ann.get("it")).toBe(value);
    });

    it("makes one attempt for each of many edits of one key in a process", async () => {
      let commits = 0;
      const mesh = world.mesh({
        interceptor: {
          intercept: (_, next) => next(),
          onCommitQueued: () => {
            commits++;
          },
        },
      });
      const agents = times(32, (n) => mesh.agent(`Agent ${n}`));
      await Promise.all(agents.map((agent) => agent.increment("it", 1, { global: true })));
      expect([commits, await mesh.system.get("it")]).toEqual([32, 32]);
    });

    it("copies what is passed when it is called", async () => {
      const { ann } = world.team();
      const patch = { steps: [1] };
      const merging = ann.merge("it", patch, { global: true });
      patch.steps.push(2);
      expect((await merging).value).toEqual({ steps: [1] });
      await rejects(ann.append("list", (() => 1) as never, { global: true }), "INVALID_VALUE");
    });

    it("returns a value that is the caller's own, as a read returns it", async () => {
      const { mesh, ann } = world.team();
      const element = { n: [1] };
      await ann.append("list", element, { global: true });
      const appended = await ann.append("list", element);
      const value = appended.value as { n: number[] }[];
      const merged = await ann.merge<JsonValue>(
        "table",
        { rows: { a: [1], b: null } },
        {
          global: true,
        },
      );
      expect([value, merged.value]).toEqual([
        await mesh.system.get("list"),
        await mesh.system.get("table"),
      ]);
      value[0]?.n.push(2);
      value[1]?.n.push(3);
      expect(element).toEqual({ n: [1] });
      expect(await mesh.system.get("list")).toEqual([{ n: [1] }, { n: [1] }]);
    });

    it("restores no value that is not kept", async () => {
      const { mesh, ann, system } = world.team();
      const { revision } = await ann.push("it", 1, { global: true, ttl: 5 });
      const deleted = await ann.push("deleted", 1, { global: true, ttl: 5 });
      await ann.delete("deleted");
      await rejects(system.restore("it", revision + 1), "NOT_FOUND");
      await rejects(system.restore("none", revision), "NOT_FOUND");
      world.clock.advance(5);
      await rejects(system.restore("it", revision), "NOT_FOUND");
      await rejects(system.restore("deleted", deleted.revision), "NOT_FOUND");
      await mesh.sweep();
      await rejects(system.restore("it", revision), "NOT_FOUND");
      expect(await system.keys()).toEqual([]);
      for (const bad of [undefined, -1, "1"])
        await rejects(system.restore("it", bad as number), "INVALID_ARGUMENTS");
    });
  },
  storage(world) {
    it("loses no append and no increment of concurrent agents", async () => {
      const meshes = await world.meshes({}, 2);
      const agents = times(8, (n) => meshes[n % meshes.length]!.agent(`Agent ${n}`));
      const route = { global: true };
      await Promise.all(
        agents.map(async (agent) => {
          for (let n = 0; n < 4; n++) {
            await agent.append("list", `${agent.name}: ${n}`, route);
            await agent.increment("count", 1, route);
            await agent.merge("table", { [agent.name]: { [n]: true } }, route);
          }
        }),
      );
      const { system } = meshes[0];
      const expected = agents.flatMap(({ name }) => times(4, (n) => `${name}: ${n}`));
      expect((await system.get<string[]>("list"))?.toSorted()).toEqual(expected.toSorted());
      expect(await system.get("count")).toBe(32);
      const rows = agents.map(({ name }) => [name, { 0: true, 1: true, 2: true, 3: true }]);
      expect(await system.get("table")).toEqual(Object.fromEntries(rows));
    });

    it("deletes several items at one position, or none", async () => {
      const { mesh, ann, bea } = world.team();
      for (const key of ["a", "b", "c"]) await ann.push(key, 1, { global: true });
      await bea.push("hers", 1, { global: true });
      await bea.push("unseen", 1, { subscribers: ["Bea"] });
      await rejects(ann.deleteMany(["a", "hers"]), "NOT_OWNER");
      expect(await ann.keys()).toEqual(["a", "b", "c", "hers"]);
      const { revision } = await mesh.stats();
      expect(await ann.deleteMany(["b", "none", "a", "b", "unseen"])).toEqual(["b", "a"]);
      expect((await mesh.stats()).revision).toBe(revision + 1);
      expect(await mesh.system.keys()).toEqual(["c", "hers", "unseen"]);
      for (const keys of [[], "c", [""], times(10_001, String)])
        await rejects(ann.deleteMany(keys as string[]), "INVALID_ARGUMENTS");
    });

    it("restores a value, and keeps route, owner and expiry of an item that exists", async () => {
      const { ann, bea, system } = world.team();
      const first = await ann.push("it", { v: 1 }, { topics: ["a"] });
      await ann.push("it", { v: 2 }, { global: true, ttl: "1h" });
      await bea.push("it", { v: 3 }, { ttl: "1h" });
      const before = await ann.getItem("it");
      const restored = await system.restore("it", first.revision);
      expect(await ann.getItem("it")).toEqual({
        ...before,
        value: { v: 1 },
        author: undefined,
        revision: restored.revision,
      });
      expect(restored.revision).toBeGreaterThan(before!.revision);
    });

    it("restores a deleted item with route, owner and expiry of its revision", async () => {
      const { ann, bea, system } = world.team();
      const route = { topics: ["a"], subscribers: ["Bea"] };
      const { revision } = await ann.push("it", 1, { ...route, ttl: "1h" });
      const before = await ann.getItem("it");
      await ann.push("it", 2, { global: true });
      await ann.delete("it");
      world.clock.advance("10m");
      const { created } = await system.restore("it", revision);
      const { owner, topics, subscribers, value, expiresAt } = (await bea.getItem("it"))!;
      expect({ created, owner, topics, subscribers, value, expiresAt }).toEqual({
        created: true,
        owner: "Ann",
        ...route,
        value: 1,
        expiresAt: before?.expiresAt,
      });
      expect(await ann.delete("it")).toBe(true);
    });
  },
});
