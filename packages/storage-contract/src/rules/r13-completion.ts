import { expect } from "vitest";
import type { AgentContext, CompleteOptions, ContextMesh, Lease } from "@syntha/core";
import { Feed, readLog, rejects, rule, tenantSnapshot, times } from "../harness/index.ts";

/** Ann's task on `t`, claimed by Worker. */
async function claimTask(mesh: ContextMesh): Promise<[AgentContext, Lease]> {
  const worker = mesh.agent("Worker");
  await worker.subscribe(["t"]);
  await mesh.agent("Ann").push("task", "do it", { topics: ["t"] });
  return [worker, (await worker.claim({ topic: "t" }))!];
}

export const completion = rule("R13 Completion", {
  core(world, it) {
    it.each<[string, string, CompleteOptions]>([
      ["an event without a route", "ROUTE_REQUIRED", { events: [{ type: "done", data: 1 }] }],
      [
        "an event under a taken id",
        "KEY_TAKEN",
        { events: [{ type: "done", data: 1, global: true, id: "taken" }] },
      ],
      [
        "an event on a forbidden topic",
        "FORBIDDEN",
        { events: [{ type: "done", data: 1, topics: ["closed"] }] },
      ],
      [
        "a duplicate id",
        "INVALID_ARGUMENTS",
        {
          events: [
            { type: "a", data: 1, topics: ["t"], id: "e" },
            { type: "b", data: 2, topics: ["t"], id: "e" },
          ],
        },
      ],
      [
        "an event without data",
        "INVALID_VALUE",
        { events: [{ type: "done", data: undefined, topics: ["t"] }] },
      ],
      ["a forbidden route", "FORBIDDEN", { topics: ["closed"] }],
      ["an invalid ttl", "INVALID_ARGUMENTS", { ttl: 0 }],
    ])("a rejection for %s changes nothing and keeps the lease", async (_, code, options) => {
      const { mesh, ann, tenantId } = world.team();
      const [worker, lease] = await claimTask(mesh);
      await ann.publish("other", 1, { subscribers: ["Bea"], id: "taken" });
      await mesh.setPermissions("Worker", { post: ["t"], subscribe: ["t"], global: true });
      const before = await tenantSnapshot(world.storage, tenantId);
      await rejects(lease.complete("result", options), code as "FORBIDDEN");
      expect(await tenantSnapshot(world.storage, tenantId)).toEqual(before);
      expect(lease.settled).toBe(false);
      await lease.complete("result");
      expect(await worker.get("task")).toBe("result");
    });

    it("rejects a route or ttl without a result", async ({ mesh }) => {
      const [worker, lease] = await claimTask(mesh);
      await rejects(lease.complete(undefined, { topics: ["t"] }), "INVALID_ARGUMENTS");
      await rejects(lease.complete(undefined, { ttl: "1h" }), "INVALID_ARGUMENTS");
      expect(await worker.get("task")).toBe("do it");
    });

    it("accepts a token in another mesh", async ({ mesh, dov }) => {
      const [, lease] = await claimTask(mesh);
      const other = world.mesh({ tenantId: mesh.tenantId }).agent("Worker");
      const { expiresAt } = await other.lease("task", lease.token).extend("1h");
      expect(expiresAt).toEqual(new Date(world.clock() + 3_600_000));
      await other.lease("task", lease.token).release({ retryIn: "1m" });
      world.clock.advance("1m");
      const again = (await other.claim({ topic: "t" }))!;
      await other.lease("task", again.token).complete("done", { global: true });
      expect(await dov.get("task")).toBe("done");
    });

    it("accepts tokens of the system", async ({ ann, bea, system }) => {
      await ann.push("task", 1, { topics: ["t"] });
      const lease = (await system.claim({ topic: "t" }))!;
      await system.lease("task", lease.token).complete("done", { subscribers: ["Bea"] });
      const item = (await bea.getItem("task"))!;
      expect([item.value, item.owner, item.author]).toEqual(["done", undefined, undefined]);
    });
  },
  storage(world, it) {
    it.each([null, "", 0, false, "done"])("stores %j as a result", async (result) => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      const { revision } = await lease.complete(result);
      const item = (await worker.getItem("task"))!;
      expect([item.value, item.state, item.revision]).toEqual([result, "done", revision]);
      expect(lease.settled).toBe(true);
    });

    it("replaces the value in one commit", async ({ mesh }) => {
      const [worker, lease] = await claimTask(mesh);
      const before = (await worker.getItem("task"))!;
      world.clock.advance("1s");
      const head = (await mesh.stats()).revision;
      const { revision } = await lease.complete({ ok: true });
      expect(await worker.getItem("task")).toEqual({
        ...before,
        value: { ok: true },
        author: "Worker",
        state: "done",
        revision: head + 1,
        updatedAt: new Date(world.clock()),
      });
      expect(revision).toBe(head + 1);
    });

    it("makes a done item claimable only after a push", async ({ mesh, ann, system }) => {
      const [worker, lease] = await claimTask(mesh);
      await lease.complete("done");
      for (const agent of [worker, ann, system])
        expect(await agent.claim({ key: "task" })).toBeUndefined();
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      expect((await worker.list({ state: "done" })).items.length).toBe(1);
      await ann.push("task", "again");
      expect((await worker.getItem("task"))?.state).toBe("open");
      expect(await worker.claim({ topic: "t" })).toMatchObject({ key: "task", attempt: 1 });
    });

    it("completes an item the holder no longer sees", async ({ mesh, ann }) => {
      const [worker, lease] = await claimTask(mesh);
      await worker.unsubscribe(["t"]);
      await lease.extend("1m");
      await lease.complete("done");
      expect(await worker.get("task")).toBeUndefined();
      expect(await ann.get("task")).toBe("done");
    });

    it("keeps the first event of an id", async ({ mesh }) => {
      const [worker, lease] = await claimTask(mesh);
      await worker.publish("done", "first", { topics: ["t"], id: "task done" });
      await lease.complete("result", {
        events: [{ type: "done", data: "second", topics: ["t"], id: "task done" }],
      });
      expect((await worker.events()).events.map(({ data }) => data)).toEqual(["first"]);
      expect(await worker.get("task")).toBe("result");
    });

    it("succeeds once for concurrent calls with one token", async ({ mesh, tenantId }) => {
      const [worker, lease] = await claimTask(mesh);
      const handles = times(10, () => worker.lease("task", lease.token));
      const calls = handles.map((handle, n) => handle.complete(n));
      const settled = await Promise.allSettled(calls);
      expect(settled.filter(({ status }) => status === "fulfilled").length).toBe(1);
      const winner = settled.findIndex(({ status }) => status === "fulfilled");
      expect(await worker.get("task")).toBe(winner);
      const puts = (await readLog(world.storage, tenantId, "task")).filter(
        ({ change }) => change.type === "put",
      );
      expect(puts.length).toBe(2);
    });
  },
  wrapper(world, it) {
    it("publishes events in the same commit", async ({ mesh, bea, system, tenantId }) => {
      const [worker, lease] = await claimTask(mesh);
      const head = (await mesh.stats()).revision;
      const feed = new Feed(system.watch());
      await lease.complete("done", {
        events: [
          { type: "one", data: { n: 1 }, topics: ["t"], id: "e1" },
          { type: "two", data: 2, subscribers: ["Bea"] },
          { type: "three", data: null, global: true },
        ],
      });
      expect((await mesh.stats()).revision).toBe(head + 1);
      const log = await readLog(world.storage, tenantId);
      const commit = log.filter(({ position }) => position === head + 1);
      expect(commit.map(({ change, actor }) => [change.type, actor])).toEqual([
        ["put", "Worker"],
        ["event", "Worker"],
        ["event", "Worker"],
        ["event", "Worker"],
      ]);
      const expected = ['put task="done"', 'event one={"n":1}', "event two=2", "event three=null"];
      expect(await feed.drain(mesh)).toEqual(expected);
      const { events } = await worker.events();
      expect(events.map(({ type, author }) => [type, author])).toEqual([
        ["one", "Worker"],
        ["two", "Worker"],
        ["three", "Worker"],
      ]);
      expect((await bea.events()).events.map(({ type }) => type)).toEqual(["two", "three"]);
    });
  },
  pastSubscriptions(world, it) {
    it("deletes the item without a result", async ({ mesh, ann }) => {
      const [worker, lease] = await claimTask(mesh);
      const feed = new Feed(ann.watch());
      expect(await lease.complete()).toEqual({
        revision: undefined,
        topicsWithoutSubscribers: [],
        unknownSubscribers: [],
        pushed: [],
      });
      expect(await worker.get("task")).toBeUndefined();
      expect(await feed.drain(mesh)).toEqual(["delete task"]);
      expect((await mesh.stats()).items).toBe(1);
    });

    it("re-routes by token and makes the holder the owner", async ({ mesh, ann, bea }) => {
      const [worker, lease] = await claimTask(mesh);
      await bea.subscribe(["results"]);
      const feed = new Feed(bea.watch());
      const { topicsWithoutSubscribers } = await lease.complete("done", {
        topics: ["results", "archive"],
      });
      expect(topicsWithoutSubscribers).toEqual(["archive"]);
      const item = (await bea.getItem("task"))!;
      expect([item.topics, item.owner, item.author]).toEqual([
        ["results", "archive"],
        "Worker",
        "Worker",
      ]);
      expect(await feed.drain(mesh)).toEqual(['put task="done"']);
      expect(await ann.get("task")).toBeUndefined();
      expect(await worker.delete("task")).toBe(true);
    });

    it("publishes events when it deletes the item", async ({ mesh, ann }) => {
      const [, lease] = await claimTask(mesh);
      const feed = new Feed(ann.watch());
      await lease.complete(undefined, { events: [{ type: "done", data: 1, global: true }] });
      expect(await feed.drain(mesh)).toEqual(["delete task", "event done=1"]);
    });
  },
});
