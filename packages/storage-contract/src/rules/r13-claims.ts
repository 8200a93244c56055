import { expect } from "vitest";
import type {
  AgentContext,
  ClaimOptions,
  ContextMesh,
  Duration,
  ItemState,
  Lease,
} from "@syntha/core";
import { rejects, rule, tenantSnapshot, times, waitFor, type World } from "../harness/index.ts";

/** A worker subscribed to `t`, and items there. */
async function seedQueue(mesh: ContextMesh, ...keys: string[]): Promise<AgentContext> {
  const worker = mesh.agent("Worker");
  await worker.subscribe(["t", "u"]);
  for (const key of keys) await mesh.agent("Ann").push(key, key, { topics: ["t"] });
  return worker;
}

/** Everything that ends Worker's lease on `it`. */
const LEASE_ENDINGS: Readonly<
  Record<string, (mesh: ContextMesh, lease: Lease, world: World) => Promise<unknown>>
> = {
  "its expiry": async (_, __, world) => world.clock.advance("30s"),
  "a push of another agent": (mesh) => mesh.agent("Ann").push("it", 2),
  "a push of the holder itself": (mesh) => mesh.agent("Worker").push("it", 2),
  "a push of the same value": (mesh) => mesh.system.push("it", "it"),
  "a batch": (mesh) => mesh.agent("Ann").pushMany([{ key: "it", value: 2 }]),
  "an update": (mesh) => mesh.agent("Ann").update("it", () => 2),
  "another route": (mesh) => mesh.agent("Ann").push("it", 2, { global: true }),
  deletion: (mesh) => mesh.agent("Ann").delete("it"),
  "deletion and creation": async (mesh) => {
    await mesh.agent("Ann").delete("it");
    await mesh.agent("Ann").push("it", "it", { topics: ["t"] });
  },
  "deletion of its topic": (mesh) => mesh.deleteTopic("t"),
  "clearing the mesh": (mesh) => mesh.clear(),
  "expiry of its item": async (mesh, lease, world) => {
    await lease.release();
    await mesh.agent("Ann").push("it", "it", { ttl: "10s" });
    const again = await mesh.agent("Worker").claim({ key: "it" }, { lease: "1h" });
    world.clock.advance("10s");
    await rejects(() => again?.complete("late"), "STALE_TOKEN");
    await mesh.sweep();
    await rejects(() => again?.complete("later"), "STALE_TOKEN");
  },
  completion: (_, lease) => lease.complete("done"),
  "a hand-off": (_, lease) => lease.handOff("next"),
  "completion without a result": (_, lease) => lease.complete(),
  release: (_, lease) => lease.release(),
  "release by the system": (mesh) => mesh.system.release("it"),
  "release for good by the system": (mesh) => mesh.system.release("it", { maxAttempts: 1 }),
  "release for good": (_, lease) => lease.release({ maxAttempts: 1 }),
  "another's claim after its end": async (mesh, _, world) => {
    world.clock.advance("30s");
    await mesh.agent("Ann").subscribe(["t"]);
    await mesh.agent("Ann").claim({ topic: "t" });
  },
  "the holder's own claim after its end": async (mesh, _, world) => {
    world.clock.advance("30s");
    await mesh.agent("Worker").claim({ key: "it" });
  },
};

export const claims = rule("R13 Claims", {
  core(world, it) {
    it("requires a subscription for a topic, visibility for a key", async () => {
      const { mesh, dov, worker, system } = world.team();
      await seedQueue(mesh, "it");
      await rejects(dov.claim({ topic: "t" }), "FORBIDDEN", { topics: ["t"] });
      expect(await dov.claim({ key: "it" })).toBeUndefined();
      expect(await dov.claim({ key: "none" })).toBeUndefined();
      await worker.unsubscribe(["t"]);
      await rejects(worker.claim({ topic: "t" }), "FORBIDDEN");
      expect((await system.claim({ topic: "t" }))?.key).toBe("it");
    });

    it("aborts the signal of a lost lease only", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh, "lost", "done", "stale");
      const lost = (await worker.claim({ key: "lost" }))!;
      const done = (await worker.claim({ key: "done" }))!;
      const stale = (await worker.claim({ key: "stale" }, { lease: "1m" }))!;
      const signals = [lost.signal, done.signal, stale.signal];
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false]);
      await done.complete("result");
      await ann.push("lost", 2);
      await waitFor("the signal is aborted", () => lost.signal.aborted);
      world.clock.advance("1m");
      await rejects(stale.extend("1m"), "STALE_TOKEN");
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, true]);
    });

    it.each<[string, Duration]>([
      ["zero", 0],
      ["a negative duration", -1],
      ["an invalid text", "soon" as Duration],
      ["more than a century", "40000d"],
    ])("rejects a lease of %s", async (_, lease) => {
      const mesh = world.mesh();
      const worker = await seedQueue(mesh, "it");
      await rejects(worker.claim({ topic: "t" }, { lease }), "INVALID_ARGUMENTS");
      expect((await worker.getItem("it"))?.state).toBe("open");
    });
  },
  storage(world, it) {
    it("grants one live lease per item", async ({ mesh, ann, system }) => {
      const worker = await seedQueue(mesh, "it");
      const lease = await worker.claim({ topic: "t" }, { lease: "1m" });
      expect(lease).toMatchObject({ key: "it", attempt: 1, settled: false });
      expect(lease?.item).toMatchObject({ key: "it", value: "it", state: "claimed" });
      expect(lease?.expiresAt).toEqual(new Date(world.clock() + 60_000));
      for (const agent of [worker, ann, system]) {
        expect(await agent.claim({ key: "it" })).toBeUndefined();
      }
      expect(await system.claim({ topic: "t" })).toBeUndefined();
      expect((await ann.getItem("it"))?.state).toBe("claimed");
    });

    it("grants the oldest ready item of a topic", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh);
      for (const key of ["z", "b", "y", "a"]) {
        await ann.push(key, 1, { topics: ["t"] });
        world.clock.advance("1s");
      }
      // A rewritten open item keeps its place; a done one goes to the end.
      await ann.push("z", 2);
      await (await worker.claim({ key: "b" }))?.complete("done");
      await ann.push("b", 3);
      await ann.pushMany([
        { key: "m", value: 1, topics: ["t"] },
        { key: "l", value: 1, topics: ["u", "t"] },
      ]);
      const order: (string | undefined)[] = [];
      for (let n = 0; n < 7; n++) order.push((await worker.claim({ topic: "t" }))?.key);
      expect(order).toEqual(["z", "y", "a", "b", "m", "l", undefined]);
    });

    it("grants items of one moment in push order", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh, "b", "c", "a");
      await ann.push("b", 2);
      const order: (string | undefined)[] = [];
      for (let n = 0; n < 4; n++) order.push((await worker.claim({ topic: "t" }))?.key);
      expect(order).toEqual(["b", "c", "a", undefined]);
    });

    it("queues an item under its current topics", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh, "moved", "both", "named");
      await ann.push("moved", 1, { topics: ["u"] });
      await ann.push("both", 1, { topics: ["u", "t"] });
      await ann.push("named", 1, { subscribers: ["Worker"] });
      expect((await worker.claim({ topic: "t" }))?.key).toBe("both");
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      expect((await worker.claim({ topic: "u" }))?.key).toBe("moved");
      expect(await worker.claim({ topic: "u" })).toBeUndefined();
      expect((await worker.claim({ key: "named" }))?.key).toBe("named");
    });

    it("grants an item on two topics once", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh);
      await ann.push("it", 1, { topics: ["t", "u"] });
      expect((await worker.claim({ topic: "u" }))?.key).toBe("it");
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
    });

    it("skips expired, claimed, done, failed and delayed items", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh, "claimed", "done", "failed", "put off");
      await worker.claim({ key: "claimed" });
      await (await worker.claim({ key: "done" }))?.complete(1);
      await (await worker.claim({ key: "failed" }))?.release({ maxAttempts: 1 });
      await (await worker.claim({ key: "put off" }))?.release({ retryIn: "5s" });
      for (let n = 0; n < 80; n++) await ann.push(`expired ${n}`, 1, { topics: ["t"], ttl: "1s" });
      await ann.push("ready", 1, { topics: ["t"] });
      world.clock.advance("1s");
      expect((await worker.claim({ topic: "t" }))?.key).toBe("ready");
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      for (const key of ["claimed", "done", "failed", "put off", "expired 0"])
        expect(await worker.claim({ key })).toBeUndefined();
    });

    it("passes any number of expired items to the next one that is ready", async ({ mesh }) => {
      const worker = await seedQueue(mesh);
      const expiring = times(1_100, (n) => ({
        key: `old ${n}`,
        value: n,
        topics: ["t"],
        ttl: "1m" as const,
      }));
      await mesh.system.pushMany(expiring);
      await mesh.system.push("next", 1, { topics: ["t"] });
      world.clock.advance("1m");
      expect((await worker.claim({ topic: "t" }))?.key).toBe("next");
    });

    it("only increases tokens, also as text", async ({ mesh }) => {
      const worker = await seedQueue(mesh, "one", "two");
      const tokens: string[] = [];
      for (let n = 0; n < 45; n++) {
        for (const key of ["one", "two"]) {
          const lease = await worker.claim({ key });
          tokens.push(lease!.token);
          await lease?.release();
        }
      }
      const [one] = [await worker.claim({ key: "one" })];
      world.clock.advance("30s");
      tokens.push(one!.token, (await worker.claim({ key: "one" }))!.token);
      expect(tokens).toEqual([...new Set(tokens)].sort());
    });

    it.each(Object.keys(LEASE_ENDINGS))("rejects a token after %s", async (way) => {
      const { mesh, tenantId } = world.team();
      const worker = await seedQueue(mesh, "it");
      const lease = (await worker.claim({ topic: "t" }, { lease: "30s" }))!;
      await LEASE_ENDINGS[way]!(mesh, lease, world);
      const before = await tenantSnapshot(world.storage, tenantId);
      const handle = worker.lease("it", lease.token);
      for (const held of [lease, handle]) {
        await rejects(held.extend("1m"), "STALE_TOKEN", { key: "it" });
        await rejects(held.complete("result"), "STALE_TOKEN");
        await rejects(held.complete(), "STALE_TOKEN");
        await rejects(held.release(), "STALE_TOKEN");
        const events = [{ type: "done", data: 1, global: true as const }];
        await rejects(held.complete("result", { events }), "STALE_TOKEN");
      }
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
    });

    it("rejects tokens of other agents, keys and tenants", async ({ mesh, ann, system }) => {
      const worker = await seedQueue(mesh, "it", "other");
      const { token } = (await worker.claim({ key: "it" }))!;
      const foreign = world.mesh();
      await seedQueue(foreign, "it");
      const theirs = (await foreign.agent("Worker").claim({ key: "it" }))!.token;
      const handles = [
        ann.lease("it", token),
        system.lease("it", token),
        worker.lease("other", token),
        worker.lease("none", token),
        worker.lease("it", theirs),
        foreign.agent("Worker").lease("it", token),
        ...["", "1", "11", "garbage", `${token}0`, token.toUpperCase(), `1${token}`].map((text) =>
          worker.lease("it", text),
        ),
        worker.lease("it", undefined as unknown as string),
      ];
      for (const handle of handles) {
        await rejects(handle.extend("1m"), "STALE_TOKEN");
        await rejects(handle.complete("stolen"), "STALE_TOKEN");
        await rejects(handle.release(), "STALE_TOKEN");
      }
      await worker.lease("it", token).complete("mine");
      expect(await worker.get("it")).toBe("mine");
    });

    it("holds a lease to the millisecond, then grants its item again", async ({ mesh, system }) => {
      const worker = await seedQueue(mesh, "it");
      const lease = await worker.claim({ topic: "t" }, { lease: "30s" });
      world.clock.advance(29_999);
      expect(await system.claim({ key: "it" })).toBeUndefined();
      await lease?.extend("30s");
      world.clock.advance(30_000);
      expect((await worker.getItem("it"))?.state).toBe("open");
      await rejects(() => lease?.extend("30s"), "STALE_TOKEN");
      const next = (await system.claim({ topic: "t" }))!;
      expect([next.key, next.attempt, next.token > lease!.token]).toEqual(["it", 2, true]);
      await rejects(() => lease?.complete("late"), "STALE_TOKEN");
      await next.complete("in time");
      expect(await worker.get("it")).toBe("in time");
    });

    it("extend sets the end from now, also earlier", async ({ mesh, system }) => {
      const worker = await seedQueue(mesh, "it");
      const lease = (await worker.claim({ topic: "t" }, { lease: "30s" }))!;
      world.clock.advance("20s");
      const expected = new Date(world.clock() + 30_000);
      expect(await lease.extend("30s")).toEqual({ expiresAt: expected });
      expect(lease.expiresAt).toEqual(expected);
      world.clock.advance("29s");
      expect(await system.claim({ key: "it" })).toBeUndefined();
      await lease.extend("1s");
      world.clock.advance("1s");
      expect((await system.claim({ key: "it" }))?.key).toBe("it");
    });

    it("grants a delayed item when its delay ends", async ({ mesh }) => {
      const worker = await seedQueue(mesh, "it");
      const lease = await worker.claim({ topic: "t" });
      expect(await lease?.release({ retryIn: "5s" })).toEqual({ failed: false });
      expect((await worker.getItem("it"))?.state).toBe("open");
      world.clock.advance(4_999);
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      world.clock.advance(1);
      expect((await worker.claim({ topic: "t" }))?.attempt).toBe(2);
    });

    it("makes a delayed item ready when it is pushed", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh, "it");
      await (await worker.claim({ topic: "t" }))?.release({ retryIn: "1h" });
      await ann.push("it", 2);
      expect((await worker.claim({ topic: "t" }))?.attempt).toBe(1);
    });

    it("counts attempts since the last push", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh, "it");
      const attempts: (number | undefined)[] = [];
      const claim = async (): Promise<Lease | undefined> => {
        const lease = await worker.claim({ topic: "t" });
        attempts.push(lease?.attempt);
        return lease;
      };
      await (await claim())?.release();
      await (await claim())?.release({ countAttempt: false });
      await (await claim())?.release();
      await ann.push("it", 2);
      await claim();
      expect(attempts).toEqual([1, 2, 2, 1]);
    });

    it("fails an item after its last attempt until pushed", async ({ mesh, ann }) => {
      const worker = await seedQueue(mesh, "it");
      const options: ClaimOptions = { maxAttempts: 2 };
      for (let attempt = 1; attempt <= 2; attempt++) {
        const lease = await worker.claim({ topic: "t" }, options);
        const { failed } = await lease!.release({ maxAttempts: 2 });
        expect([lease?.attempt, failed]).toEqual([attempt, attempt === 2]);
      }
      const parked = (await worker.getItem("it"))!;
      expect([parked.state, parked.value, parked.author]).toEqual(["failed", "it", "Ann"]);
      expect(parked.revision).toBe((await mesh.stats()).revision);
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      expect(await worker.claim({ key: "it" })).toBeUndefined();
      expect((await worker.list({ state: "failed" })).items.map(({ key }) => key)).toEqual(["it"]);
      await ann.push("it", 2);
      expect(await worker.claim({ topic: "t" })).toMatchObject({ attempt: 1 });
    });

    it("lists to the system what is claimed, done or failed now, page by page", async ({
      mesh,
    }) => {
      const keys = Array.from({ length: 12 }, (_, n) => `task:${String(n).padStart(2, "0")}`);
      const worker = await seedQueue(mesh, ...keys);
      for (const [n, key] of keys.entries()) {
        const lease = await worker.claim({ key }, { lease: n % 4 === 0 ? "1s" : "1m" });
        if (n % 4 === 1) await lease?.complete("done", { topics: ["t"] });
        if (n % 4 === 2) await lease?.release({ maxAttempts: 1 });
      }
      world.clock.advance("2s");
      const inState = async (state: ItemState): Promise<readonly string[]> => {
        const first = await mesh.system.list({ state, limit: 2 });
        const { items } = await mesh.system.list({ state, page: first.nextPage, limit: 10 });
        const prefixed = await mesh.system.list({ state, prefix: "task:1", values: false });
        const all = [...first.items, ...items].map(({ key }) => key);
        expect(prefixed.items.map(({ key }) => key)).toEqual(
          all.filter((key) => key.startsWith("task:1")),
        );
        return all;
      };
      expect(await inState("open")).toEqual(["task:00", "task:04", "task:08"]);
      expect(await inState("done")).toEqual(["task:01", "task:05", "task:09"]);
      expect(await inState("failed")).toEqual(["task:02", "task:06", "task:10"]);
      expect(await inState("claimed")).toEqual(["task:03", "task:07", "task:11"]);
    });

    it("fails an item that crashed its holders", async ({ mesh }) => {
      const worker = await seedQueue(mesh, "poison", "good");
      for (let crash = 0; crash < 3; crash++) {
        const lease = await worker.claim({ key: "poison" }, { lease: "1s", maxAttempts: 3 });
        expect(lease?.attempt).toBe(crash + 1);
        world.clock.advance("1s");
      }
      expect((await worker.claim({ topic: "t" }, { maxAttempts: 3 }))?.key).toBe("good");
      expect(await worker.claim({ key: "poison" }, { maxAttempts: 3 })).toBeUndefined();
      expect((await worker.getItem("poison"))?.state).toBe("failed");
    });
  },
});
