import { expect, it } from "vitest";
import type { AgentContext, CompleteOptions, ContextMesh, Lease } from "@syntha/core";
import { tenantSnapshot, readLog } from "../harness/tenant-snapshot.ts";
import type { StorageContract } from "../contract.ts";
import { Feed } from "../harness/feed.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/world.ts";

/** Ann's task on `t`, claimed by Worker. */
async function claimTask(mesh: ContextMesh): Promise<[AgentContext, Lease]> {
  const worker = mesh.agent("Worker");
  await worker.subscribe(["t"]);
  await mesh.agent("Ann").push("task", "do it", { topics: ["t"] });
  return [worker, (await worker.claim({ topic: "t" }))!];
}

export function completion(contract: StorageContract): void {
  rule(contract, "R13 Completion", (world) => {
    it("deletes the item when there is no result", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      const feed = new Feed(mesh.agent("Ann").watch());
      expect(await lease.complete()).toEqual({ revision: undefined, topicsWithoutSubscribers: [] });
      expect(await worker.get("task")).toBeUndefined();
      expect(await feed.drain(mesh)).toEqual(["delete task"]);
      expect((await mesh.stats()).items).toBe(1);
    });

    it.each([null, "", 0, false, "done"])("takes %j for a result", async (result) => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      const { revision } = await lease.complete(result);
      const item = (await worker.getItem("task"))!;
      expect([item.value, item.state, item.revision]).toEqual([result, "done", revision]);
      expect(lease.settled).toBe(true);
    });

    it("replaces the value in the same commit, by the holder, and keeps route and owner", async () => {
      const mesh = world.mesh();
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

    it("lets nobody claim what is done, until it is pushed anew", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      await lease.complete("done");
      for (const agent of [worker, mesh.agent("Ann"), mesh.system])
        expect(await agent.claim({ key: "task" })).toBeUndefined();
      expect(await worker.claim({ topic: "t" })).toBeUndefined();
      expect((await worker.list({ state: "done" })).items.length).toBe(1);
      await mesh.agent("Ann").push("task", "again");
      expect((await worker.getItem("task"))?.state).toBe("open");
      expect(await worker.claim({ topic: "t" })).toMatchObject({ key: "task", attempt: 1 });
    });

    it("re-routes another's item by the token alone, and makes its holder the owner", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      await mesh.agent("Bea").subscribe(["results"]);
      const feed = new Feed(mesh.agent("Bea").watch());
      const { topicsWithoutSubscribers } = await lease.complete("done", {
        topics: ["results", "archive"],
      });
      expect(topicsWithoutSubscribers).toEqual(["archive"]);
      const item = (await mesh.agent("Bea").getItem("task"))!;
      expect([item.topics, item.owner, item.author]).toEqual([
        ["results", "archive"],
        "Worker",
        "Worker",
      ]);
      expect(await feed.drain(mesh)).toEqual(['put task="done"']);
      expect(await mesh.agent("Ann").get("task")).toBeUndefined();
      expect(await worker.delete("task")).toBe(true);
    });

    it("completes what the holder sees no more: the token is enough", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      await worker.unsubscribe(["t"]);
      await lease.extend("1m");
      await lease.complete("done");
      expect(await worker.get("task")).toBeUndefined();
      expect(await mesh.agent("Ann").get("task")).toBe("done");
    });

    it("publishes its events in the very commit", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      const head = (await mesh.stats()).revision;
      const feed = new Feed(mesh.system.watch());
      await lease.complete("done", {
        events: [
          { type: "one", data: { n: 1 }, topics: ["t"], id: "e1" },
          { type: "two", data: 2, subscribers: ["Bea"] },
          { type: "three", data: null, global: true },
        ],
      });
      expect((await mesh.stats()).revision).toBe(head + 1);
      const log = await readLog(world.storage, mesh.tenantId);
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
      expect((await mesh.agent("Bea").events()).events.map(({ type }) => type)).toEqual([
        "two",
        "three",
      ]);
    });

    it("publishes its events also when it deletes the item", async () => {
      const mesh = world.mesh();
      const [, lease] = await claimTask(mesh);
      const feed = new Feed(mesh.agent("Ann").watch());
      await lease.complete(undefined, { events: [{ type: "done", data: 1, global: true }] });
      expect(await feed.drain(mesh)).toEqual(["delete task", "event done=1"]);
    });

    it("keeps the first event of an id that was published before", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      await worker.publish("done", "first", { topics: ["t"], id: "task done" });
      await lease.complete("result", {
        events: [{ type: "done", data: "second", topics: ["t"], id: "task done" }],
      });
      expect((await worker.events()).events.map(({ data }) => data)).toEqual(["first"]);
      expect(await worker.get("task")).toBe("result");
    });

    it.each<[string, string, CompleteOptions]>([
      ["an event for nobody", "ROUTE_REQUIRED", { events: [{ type: "done", data: 1 }] }],
      [
        "an event under a taken id",
        "KEY_TAKEN",
        { events: [{ type: "done", data: 1, global: true, id: "taken" }] },
      ],
      [
        "an event on a topic that is not allowed",
        "FORBIDDEN",
        { events: [{ type: "done", data: 1, topics: ["closed"] }] },
      ],
      [
        "an id that occurs twice",
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
      ["a route that is not allowed", "FORBIDDEN", { topics: ["closed"] }],
      ["a ttl that is none", "INVALID_ARGUMENTS", { ttl: 0 }],
    ])(
      "changes nothing when it is refused for %s, and the lease lives on",
      async (_, code, options) => {
        const mesh = world.mesh();
        const [worker, lease] = await claimTask(mesh);
        await mesh.agent("Ann").publish("other", 1, { subscribers: ["Bea"], id: "taken" });
        await mesh.setPermissions("Worker", { post: ["t"], subscribe: ["t"], global: true });
        const before = await tenantSnapshot(world.storage, mesh.tenantId);
        await rejects(lease.complete("result", options), code as "FORBIDDEN");
        expect(await tenantSnapshot(world.storage, mesh.tenantId)).toEqual(before);
        expect(lease.settled).toBe(false);
        await lease.complete("result");
        expect(await worker.get("task")).toBe("result");
      },
    );

    it("refuses a route or ttl for a result that there is not", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      await rejects(lease.complete(undefined, { topics: ["t"] }), "INVALID_ARGUMENTS");
      await rejects(lease.complete(undefined, { ttl: "1h" }), "INVALID_ARGUMENTS");
      expect(await worker.get("task")).toBe("do it");
    });

    it("happens at most once for a token, also when it is asked for many times at once", async () => {
      const mesh = world.mesh();
      const [worker, lease] = await claimTask(mesh);
      const handles = Array.from({ length: 10 }, () => worker.lease("task", lease.token));
      const calls = handles.map((handle, n) => handle.complete(n));
      const settled = await Promise.allSettled(calls);
      expect(settled.filter(({ status }) => status === "fulfilled").length).toBe(1);
      const winner = settled.findIndex(({ status }) => status === "fulfilled");
      expect(await worker.get("task")).toBe(winner);
      const puts = (await readLog(world.storage, mesh.tenantId, "task")).filter(
        ({ change }) => change.type === "put",
      );
      expect(puts.length).toBe(2);
    });

    it("works through a token alone, as tools and other processes hold it", async () => {
      const mesh = world.mesh();
      const [, lease] = await claimTask(mesh);
      const other = world.mesh({ tenantId: mesh.tenantId }).agent("Worker");
      const { expiresAt } = await other.lease("task", lease.token).extend("1h");
      expect(expiresAt).toEqual(new Date(world.clock() + 3_600_000));
      await other.lease("task", lease.token).release({ retryIn: "1m" });
      world.clock.advance("1m");
      const again = (await other.claim({ topic: "t" }))!;
      await other.lease("task", again.token).complete("done", { global: true });
      expect(await mesh.agent("Dov").get("task")).toBe("done");
    });

    it("serves the system as it serves an agent", async () => {
      const mesh = world.mesh();
      await mesh.agent("Ann").push("task", 1, { topics: ["t"] });
      const lease = (await mesh.system.claim({ topic: "t" }))!;
      await mesh.system.lease("task", lease.token).complete("done", { subscribers: ["Bea"] });
      const item = (await mesh.agent("Bea").getItem("task"))!;
      expect([item.value, item.owner, item.author]).toEqual(["done", undefined, undefined]);
    });
  });
}
