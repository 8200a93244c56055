import * as fc from "fast-check";
import { expect } from "vitest";
import { copyTenant, isSynthaError, type MeshLimits, type SynthaError } from "@syntha/core";
import {
  expectEqualTenants,
  pushes,
  readLog,
  recountUsage,
  rejects,
  rule,
  runParameters,
  sizeOf,
  storedUsage,
  tenantSnapshot,
  times,
} from "../harness/index.ts";
import { AGENTS, stepSequences, TENANTS } from "../differential/step.ts";
import { TestedStorage } from "../differential/tested-storage.ts";

type Limits = Partial<MeshLimits>;

const GLOBAL = { global: true } as const;
const WRITERS = 64;

async function exceeds(
  call: Promise<unknown>,
  limit?: string,
  maximum?: number,
  more?: object,
): Promise<SynthaError<"LIMIT_EXCEEDED">> {
  return rejects(call, "LIMIT_EXCEEDED", limit && { limit, maximum, ...more });
}

/** Number of calls that no limit rejected. Any other error fails the case. */
async function countAccepted(calls: readonly Promise<unknown>[]): Promise<number> {
  let done = 0;
  for (const call of await Promise.allSettled(calls)) {
    if (call.status === "fulfilled") done++;
    else if (!isSynthaError(call.reason, "LIMIT_EXCEEDED")) throw call.reason;
  }
  return done;
}

export const limits = rule("Limits", {
  core(world, it) {
    it("overrides limits for agents by name", async () => {
      const mesh = world.mesh({
        limits: {
          agent: { items: 1, bytes: 8 },
          agents: {
            Crawler: { items: 3 },
            Archive: { items: false, bytes: false },
            __proto__: { items: 0 },
          },
        },
      });
      const fill = async (name: string): Promise<number> => {
        const agent = mesh.agent(name);
        let count = 0;
        for (; count < 6; count++) {
          const call = agent.push(`${name.slice(0, 2)}${count}`, 1, GLOBAL);
          if ((await countAccepted([call])) === 0) break;
        }
        return count;
      };
      expect(await fill("Crawler")).toBe(2);
      expect(await fill("Archive")).toBe(6);
      expect(await fill("constructor")).toBe(1);
      expect(await fill("Ann")).toBe(1);
    });

    it("rejects every write at a rate of zero", async () => {
      const { system } = world.team({ limits: { tenant: { writesPerSecond: 0 } } });
      await exceeds(system.push("a", 1, GLOBAL), "tenant.writesPerSecond", 0);
    });
  },
  storage(world, it) {
    it.each<[string, unknown]>([
      ["plain", "ASCII"],
      ["\u{1F98A}\uE000\u00E9", { "\u{1F98A}": ["\u00E9", "\uE000", "\ud83d"] }],
      ['with "quotes" and \\ and \n', 'a "b" \\ \u0000 \n'],
      ["long", "\u00E9".repeat(20_000)],
    ])("counts UTF-8 bytes of key and value: %j", async (key, value) => {
      const bytes = sizeOf(key) + sizeOf(JSON.stringify(value));
      const { mesh, ann, tenantId } = world.team({ limits: { tenant: { bytes } } });
      await ann.push(key, value, GLOBAL);
      expect(await mesh.stats()).toMatchObject({ items: 1, bytes });
      const tight = world.mesh({ tenantId, limits: { tenant: { bytes: bytes - 1 } } });
      await ann.delete(key);
      expect(await mesh.stats()).toMatchObject({ items: 0, bytes: 0 });
      await exceeds(tight.system.push(key, value, GLOBAL), "tenant.bytes", bytes - 1, {
        current: 0,
      });
    });

    it.each<[string, Limits, number]>([
      ["the tenant's items", { tenant: { items: 40 } }, 40],
      // Each is three bytes of key and one of value.
      ["the tenant's bytes", { tenant: { bytes: 4 * 40 + 3 } }, 40],
      ["the tenant's writes", { tenant: { writesPerSecond: 40 } }, 40],
      ["each agent's items", { agent: { items: 10 } }, 40],
      ["each agent's bytes", { agent: { bytes: 4 * 10 + 3 } }, 40],
      ["each agent's writes", { agent: { writesPerSecond: 10 } }, 40],
    ])(`keeps ${WRITERS} concurrent writers within %s`, async (_, own, most) => {
      const meshes = await world.meshes({ limits: own });
      const names = ["Ann", "Bea", "Cid", "Dov"];
      let done = 0;
      for (let round = 0; round < 2; round++) {
        const calls = times(WRITERS, async (i) => {
          const agent = meshes[i % meshes.length]!.agent(names[Math.floor(i / 2) % 4] as string);
          await agent.push(`${round}${String(i).padStart(2, "0")}`, 1, GLOBAL);
        });
        done += await countAccepted(calls);
      }
      expect(done).toBe(most);
      expect(await meshes[0]!.stats()).toMatchObject({ items: most, bytes: most * 4 });
    });

    it("applies a limit to a batch as a whole", async () => {
      const { ann, tenantId } = world.team({
        limits: { tenant: { items: 3 }, agent: { bytes: 12 } },
      });
      const batch = (...keys: string[]): Promise<unknown> =>
        ann.pushMany(keys.map((key) => ({ key, value: 1, ...GLOBAL })));
      await batch("a", "b");
      const before = await tenantSnapshot(world.storage, tenantId);
      await exceeds(batch("c", "d"));
      await exceeds(ann.pushMany(pushes({ a: 1234567, b: 12345 })));
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
      // One push of a batch may use what another one frees.
      await ann.pushMany(pushes({ a: 12345678, b: 12 }));
      await exceeds(ann.push("b", 123));
      await batch("b");
    });

    it("allows an owner over its limit to shrink only", async () => {
      const tenantId = world.newTenantId();
      const free = world.mesh({ tenantId });
      await free.agent("Ann").subscribe(["t"]);
      for (const key of ["a", "b", "c", "d"])
        await free.agent("Ann").push(key, "12345", { topics: ["t"] });
      const none = { items: 1, bytes: 1 };
      const { mesh, ann } = world.team({ tenantId, limits: { tenant: none, agent: none } });
      await exceeds(ann.push("a", "123456"));
      await ann.push("a", "54321");
      await ann.push("a", "1");
      await ann.push("a", "2", { topics: ["t", "u"] });
      expect(await ann.delete("b")).toBe(true);
      const lease = (await ann.claim({ topic: "t" }))!;
      await lease.extend("1m");
      await lease.complete("a result that is longer than its task was", {
        events: [{ type: "e", data: 1, topics: ["t"] }],
      });
      await (await ann.claim({ topic: "t" }))!.release();
      await ann.unsubscribe(["t"]);
      await mesh.deleteTopic("t");
      expect(await mesh.clear()).toBe(1);
      expect(await mesh.stats()).toMatchObject({ items: 0, bytes: 0 });
    });

    it("does not count expired items, swept or not", async () => {
      const { mesh, ann, bea, tenantId } = world.team({
        limits: { tenant: { items: 2, bytes: 20 }, agent: { items: 1 } },
      });
      await ann.push("expired", 12345, { ...GLOBAL, ttl: "1s" });
      await bea.push("there", 1, { ...GLOBAL, ttl: "1h" });
      await exceeds(ann.push("new", 1, GLOBAL));
      world.clock.advance("2s");
      expect(await mesh.stats()).toMatchObject({ items: 1, bytes: 6, expired: 1 });
      await exceeds(bea.push("new", 1, GLOBAL));
      expect(await mesh.stats()).toMatchObject({ items: 1, expired: 1 });
      await ann.push("new", 1, GLOBAL);
      expect(await mesh.stats()).toMatchObject({ items: 2, bytes: 10, expired: 0 });
      const expired = (await readLog(world.storage, tenantId)).filter(
        ({ change }) => change.type === "expire",
      );
      expect(expired.map(({ change }) => "key" in change && change.key)).toEqual(["expired"]);
      expect(await mesh.sweep()).toBe(0);
    });

    it("makes room by expiring an agent's own items first", async () => {
      const { mesh, ann, bea } = world.team({ limits: { agent: { items: 300 } } });
      const push = (agent: typeof ann, from: number): Promise<unknown> =>
        agent.pushMany(
          times(300, (i) => ({
            key: `${agent.name} ${from + i}`,
            value: i,
            ttl: `${i + 1}s` as const,
            ...GLOBAL,
          })),
        );
      await push(bea, 0);
      await push(ann, 0);
      world.clock.advance("10m");
      await ann.push("Ann 7", 1, GLOBAL);
      await ann.push("one more", 1, GLOBAL);
      await ann.push("and another", 1, GLOBAL);
      expect(await mesh.stats()).toMatchObject({ items: 3, expired: 597 });
      await push(bea, 1_000);
      // More than one write makes room for, so all expired items were swept first.
      expect(await mesh.stats()).toMatchObject({ items: 303, expired: 0 });
    });

    it("counts an item on its owner's account", async () => {
      const { mesh, ann, bea } = world.team({ limits: { agent: { items: 2, bytes: 20 } } });
      await ann.push("a", 1, GLOBAL);
      await ann.push("b", 1, GLOBAL);
      await exceeds(ann.push("c", 1, GLOBAL), "agent.items", 2, { agent: "Ann", current: 2 });
      await bea.push("a", "12345678901234", undefined);
      const full = await exceeds(bea.push("b", 12345, undefined));
      expect(full.details).toEqual({ limit: "agent.bytes", maximum: 20, agent: "Ann" });
      await exceeds(mesh.system.push("b", 12345));
      await mesh.system.push("system's own", "as long as it likes to be", GLOBAL);
      // A new route makes the system the owner.
      await mesh.system.push("a", 1, { topics: ["t"] });
      await ann.push("c", 1, GLOBAL);
      expect(await mesh.stats()).toMatchObject({ items: 4 });
    });

    it("counts a re-routed completion on the completing agent's account", async () => {
      const { mesh, ann, bea } = world.team({ limits: { agent: { items: 1 } } });
      await bea.subscribe(["t"]);
      await ann.push("task", 1, { topics: ["t"] });
      await bea.push("own", 1, GLOBAL);
      await (await bea.claim({ topic: "t" }))!.complete("done", { topics: ["results"] });
      await ann.push("next", 1, { topics: ["t"] });
      await exceeds(bea.push("more", 1, GLOBAL));
      await bea.delete("own");
      await exceeds(bea.push("more", 1, GLOBAL));
      await bea.delete("task");
      await bea.push("more", 1, GLOBAL);
      expect(await mesh.stats()).toMatchObject({ items: 2 });
    });

    it("frees capacity when a topic is deleted", async () => {
      const { mesh, ann } = world.team({ limits: { agent: { items: 2 } } });
      await ann.pushMany([
        { key: "a", value: 1, topics: ["t"] },
        { key: "b", value: 1, topics: ["t", "u"] },
      ]);
      await mesh.deleteTopic("t");
      await ann.push("c", 1, GLOBAL);
      await exceeds(ann.push("d", 1, GLOBAL));
      expect(await ann.keys()).toEqual(["b", "c"]);
    });

    it("counts items written before a limit was set", async () => {
      const tenantId = world.newTenantId();
      const free = world.mesh({ tenantId }).agent("Ann");
      await free.pushMany(["a", "b", "c"].map((key) => ({ key, value: 1, ...GLOBAL })));
      const bound = world.mesh({ tenantId, limits: { agent: { items: 3 } } }).agent("Ann");
      const error = await exceeds(bound.push("d", 1, GLOBAL));
      expect(error.details).toMatchObject({ current: 3 });
      await free.push("d", 1, GLOBAL);
      await free.delete("a");
      await free.delete("b");
      await bound.push("e", 1, GLOBAL);
      await exceeds(bound.push("f", 1, GLOBAL));
    });

    it("allows a burst, then an even rate of writes", async () => {
      const { ann } = world.team({ limits: { tenant: { writesPerSecond: 4 } } });
      let n = 0;
      const write = (): Promise<unknown> => ann.push(`k${n++}`, 1, GLOBAL);
      const upTo = async (most: number): Promise<number> =>
        countAccepted(Array.from({ length: most }, write));
      expect(await upTo(10)).toBe(4);
      const error = await exceeds(write());
      const retryAt = new Date(world.clock() + 250);
      expect(error.details).toEqual({ limit: "tenant.writesPerSecond", maximum: 4, retryAt });
      expect(error.retryable).toBe(true);
      world.clock.advance(249);
      expect(await upTo(3)).toBe(0);
      world.clock.advance(1);
      expect(await upTo(3)).toBe(1);
      world.clock.advance(600);
      expect(await upTo(5)).toBe(2);
      world.clock.advance(150);
      expect(await upTo(5)).toBe(1);
      world.clock.advance("1h");
      expect(await upTo(9)).toBe(4);
      world.clock.set(world.clock() - 60_000);
      expect(await upTo(9)).toBe(0);
      world.clock.advance("1m");
    });

    it("counts only pushes, events and subscriptions as writes", async () => {
      const { ann, bea, system } = world.team({ limits: { agent: { writesPerSecond: 3 } } });
      await ann.subscribe(["t", "u"]);
      await ann.publish("e", 1, { topics: ["t"], id: "1" });
      await ann.push("a", 1, { topics: ["t"] });
      await exceeds(ann.push("a", 2));
      await exceeds(ann.subscribe(["v"]));
      await exceeds(ann.publish("e", 1, { topics: ["t"], id: "2" }));
      // Calls without effect, calls that end something, and calls of others are not counted.
      await ann.subscribe(["t"]);
      await ann.publish("e", 1, { topics: ["t"], id: "1" });
      await bea.push("b", 1, { topics: ["t"] });
      await system.push("c", 1, { topics: ["t"] });
      await system.push("d", 1, { topics: ["t"] });
      await (await ann.claim({ key: "a" }))!.complete("done");
      await (await ann.claim({ key: "b" }))!.release();
      await ann.delete("a");
      await ann.unsubscribe(["t"]);
      world.clock.advance("1s");
      const batch = (count: number): Promise<unknown> =>
        ann.pushMany(times(count, (i) => ({ key: `k${i}`, value: 1, ...GLOBAL })));
      const tooMany = await exceeds(batch(4));
      expect(tooMany.details).toEqual({ limit: "agent.writesPerSecond", maximum: 3, agent: "Ann" });
      expect(tooMany.retryable).toBe(false);
      await batch(2);
      const soon = await exceeds(batch(2));
      expect(soon.details.retryAt).toEqual(new Date(world.clock() + 334));
      await batch(1);
    });

    it("does not charge rejected writes to the rate", async () => {
      const { ann } = world.team({ limits: { tenant: { items: 1, writesPerSecond: 2 } } });
      await ann.push("a", 1, GLOBAL);
      for (let i = 0; i < 3; i++) {
        const error = await exceeds(ann.push("b", 1, GLOBAL));
        expect(error.details.limit).toBe("tenant.items");
        await rejects(ann.push("a", 1, { ifRevision: 99 }), "CONFLICT");
      }
      await ann.push("a", 2);
      expect((await exceeds(ann.push("a", 3))).details.retryAt).toBeDefined();
    });

    it("erases usage when a tenant is dropped", async () => {
      const registry = world.registry();
      const tenantId = world.newTenantId();
      const one = { items: 1, bytes: 10, writesPerSecond: 1 };
      const open = (): ReturnType<typeof world.mesh> =>
        world.mesh({ tenantId, limits: { tenant: one, agent: one } });
      for (let i = 0; i < 3; i++) {
        const mesh = open();
        await mesh.agent("Ann").push("a", 1, GLOBAL);
        await exceeds(mesh.agent("Ann").push("b", 1, GLOBAL));
        await mesh.close();
        expect(await registry.drop(tenantId)).toBe(true);
      }
    });

    it("keeps usage across a reopen", async ({ skip }) => {
      const tenantId = world.newTenantId();
      const own = { tenantId, limits: { agent: { items: 2, writesPerSecond: 2 } } };
      const before = world.mesh(own).agent("Ann");
      await before.push("a", 1, GLOBAL);
      await before.push("b", 1, GLOBAL);
      await world.reopen(skip);
      const after = world.mesh(own).agent("Ann");
      expect((await exceeds(after.push("c", 1, GLOBAL))).details.current).toBe(2);
      expect((await exceeds(after.push("a", 1))).details.retryAt).toBeDefined();
      await after.delete("a");
      world.clock.advance("1s");
      await after.push("c", 1, GLOBAL);
    });
  },
  wrapper(world, it) {
    it("rejects a write past a tenant limit", async () => {
      const { mesh, ann, system, tenantId } = world.team({ limits: { tenant: { items: 2 } } });
      await ann.push("a", 1, GLOBAL);
      await system.push("b", 1, GLOBAL);
      const before = await tenantSnapshot(world.storage, tenantId, ["Ann"]);
      const error = await exceeds(ann.push("c", 1, GLOBAL));
      expect(error.details).toEqual({ limit: "tenant.items", maximum: 2 });
      expect(error.retryable).toBe(false);
      const bySystem = await exceeds(system.push("c", 1, GLOBAL));
      expect(bySystem.details).toEqual({ limit: "tenant.items", maximum: 2, current: 2 });
      expect(await tenantSnapshot(world.storage, tenantId, ["Ann"])).toEqual(before);
      await ann.push("a", "a much longer value than before");
      await ann.delete("a");
      await ann.push("c", 1, GLOBAL);
      expect(await mesh.stats()).toMatchObject({ items: 2 });
    });
  },
  compaction(world, it) {
    it("keeps rate state until the bucket is full", async () => {
      const tenantId = world.newTenantId();
      const own = { tenantId, limits: { tenant: { writesPerSecond: 2 } } };
      const { mesh, system } = world.team(own);
      await system.push("a", 1, GLOBAL);
      await system.push("b", 1, GLOBAL);
      await mesh.compact();
      await exceeds(world.mesh(own).system.push("c", 1, GLOBAL));
      world.clock.advance("1s");
      await mesh.compact();
      await system.push("c", 1, GLOBAL);
      await system.push("d", 1, GLOBAL);
      await exceeds(system.push("e", 1, GLOBAL));
      expect(await mesh.stats()).toMatchObject({ items: 4 });
    });
  },
  dump(world, it) {
    it("copies usage with a tenant, but not rates", async () => {
      const tenantId = world.newTenantId();
      const targetTenantId = world.newTenantId();
      const own = { agent: { items: 2, bytes: 100, writesPerSecond: 2 } };
      const source = world.mesh({ tenantId, limits: own }).agent("Ann");
      await source.push("a", "\u{1F98A}", GLOBAL);
      await source.push("b", 1, { ...GLOBAL, ttl: "1m" });
      await copyTenant({ from: world.storage, to: world.storage, tenantId, targetTenantId });
      await expectEqualTenants(world.storage, world.storage, tenantId, targetTenantId);
      const names = ["Ann", "Bea"];
      const counted = await storedUsage(world.storage, targetTenantId, names);
      expect(counted).toEqual(await storedUsage(world.storage, tenantId, names));
      const copy = world.mesh({ tenantId: targetTenantId, limits: own }).agent("Ann");
      await exceeds(copy.push("c", 1, GLOBAL));
      await copy.push("a", 1);
      await copy.push("a", 2);
      expect((await exceeds(copy.push("a", 3))).details.retryAt).toBeDefined();
    });

    it("keeps usage equal to a recount after random steps", async () => {
      const now = world.clock();
      const drop = (): Promise<unknown> =>
        Promise.all(TENANTS.map((tenant) => world.storage.dropTenant({ tenantId: tenant })));
      const property = fc.asyncProperty(stepSequences, async (steps) => {
        await drop();
        const subject = new TestedStorage(world.storage);
        for (const [i, step] of steps.entries()) {
          if (step.type === "clock") world.clock.set(world.clock() + step.ms);
          else await subject.apply(step);
          if (i % 5 !== 4 && i !== steps.length - 1) continue;
          for (const tenant of TENANTS) {
            const counted = await storedUsage(world.storage, tenant, AGENTS);
            expect(counted).toEqual(await recountUsage(world.storage, tenant, AGENTS));
          }
        }
      });
      await fc.assert(property, {
        ...runParameters(Math.min(15, world.contract.runs ?? 15)),
        endOnFailure: false,
      });
      await drop();
      world.clock.set(Math.max(now, world.clock()));
    }, 600_000);
  },
});
