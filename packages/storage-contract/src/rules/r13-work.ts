import { expect } from "vitest";
import type { AgentContext, ContextMesh, Item, WorkHandler, WorkOptions } from "@syntha/core";
import { Feed, rejects, rule, times, waitFor } from "../harness/index.ts";

/** An agent subscribed to `t`. */
async function subscribedWorker(mesh: ContextMesh, name = "Worker"): Promise<AgentContext> {
  const worker = mesh.agent(name);
  await worker.subscribe(["t"]);
  return worker;
}

/** Works on `t`; returns what stops it. */
function startWork(
  worker: AgentContext,
  handler: WorkHandler<number>,
  options: WorkOptions = {},
): () => Promise<void> {
  const ending = new AbortController();
  const working = worker.work("t", handler, { signal: ending.signal, ...options });
  return async () => {
    ending.abort();
    await working;
  };
}

function states(items: readonly Item[]): Record<string, string> {
  return Object.fromEntries(items.map(({ key, state }) => [key, state]));
}

export const work = rule("R13 Work", {
  core(world, it) {
    it("retries errors and fails an item after its last attempt", async ({ mesh, ann }) => {
      const worker = await subscribedWorker(mesh);
      await ann.push("flaky", 1, { topics: ["t"] });
      await ann.push("broken", 1, { topics: ["t"] });
      const attempts: string[] = [];
      const errors: string[] = [];
      const options: WorkOptions = {
        maxAttempts: 3,
        retryIn: 0,
        onError: (error, item) => errors.push(`${item?.key}: ${(error as Error).message}`),
      };
      const stop = startWork(
        worker,
        ({ key }, { attempt }) => {
          attempts.push(`${key} ${attempt}`);
          if (key === "broken" || attempt < 2) throw new Error(`attempt ${attempt}`);
          return "done";
        },
        options,
      );
      await waitFor("one is done and one has failed", async () => {
        return (await worker.list()).items.every(
          ({ state }) => state === "done" || state === "failed",
        );
      });
      await stop();
      expect(states((await worker.list()).items)).toEqual({ broken: "failed", flaky: "done" });
      expect(attempts.sort()).toEqual(["broken 1", "broken 2", "broken 3", "flaky 1", "flaky 2"]);
      expect(errors.sort()).toEqual([
        "broken: attempt 1",
        "broken: attempt 2",
        "broken: attempt 3",
        "flaky: attempt 1",
      ]);
      expect(await worker.get("broken")).toBe(1);
    });

    it("accepts an item that its handler settled", async ({ mesh, ann, system }) => {
      const worker = await subscribedWorker(mesh);
      await ann.push("it", 1, { topics: ["t"] });
      const feed = new Feed(system.watch());
      const stop = startWork(worker, async (_, lease) => {
        const events = [{ type: "done", data: 1, topics: ["t"] }];
        await lease.complete("by hand", { events });
        return "ignored";
      });
      expect(await feed.lines(2)).toEqual(['put it="by hand"', "event done=1"]);
      await stop();
      expect(await feed.drain(mesh)).toEqual([]);
    });

    it("extends the lease of a long task", async ({ mesh, ann, system }) => {
      const worker = await subscribedWorker(mesh);
      await ann.push("it", 1, { topics: ["t"] });
      const others: unknown[] = [];
      const stop = startWork(
        worker,
        async (_, lease) => {
          for (let round = 0; round < 3; round++) {
            const { expiresAt } = lease;
            world.clock.advance(20);
            await waitFor("the lease is extended", () => lease.expiresAt > expiresAt);
          }
          others.push(await system.claim({ key: "it" }));
          return "done";
        },
        { lease: 30, maxAttempts: 1 },
      );
      await waitFor("it is done", async () => (await worker.getItem("it"))?.state === "done");
      await stop();
      expect([others, (await worker.getItem("it"))?.state]).toEqual([[undefined], "done"]);
    });

    it("takes over a crashed worker's item", async ({ mesh, ann }) => {
      const worker = await subscribedWorker(mesh);
      await ann.push("it", 1, { topics: ["t"] });
      await worker.claim({ topic: "t" }, { lease: "1m" });
      const stop = startWork(worker, (_, { attempt }) => `attempt ${attempt}`);
      world.clock.advance("1m");
      await ann.push("news", 1, { global: true });
      await waitFor("it is done", async () => (await worker.getItem("it"))?.state === "done");
      await stop();
      expect(await worker.get("it")).toBe("attempt 2");
    });

    it("finishes running tasks and claims no more when aborted", async ({ mesh, ann }) => {
      const worker = await subscribedWorker(mesh);
      await ann.push("first", 1, { topics: ["t"] });
      const started = Promise.withResolvers<void>();
      const result = Promise.withResolvers<string>();
      const stop = startWork(worker, () => {
        started.resolve();
        return result.promise;
      });
      await started.promise;
      await ann.push("second", 1, { topics: ["t"] });
      const stopped = stop();
      result.resolve("done");
      await stopped;
      expect(states((await worker.list()).items)).toEqual({ first: "done", second: "open" });
    });

    it("ends with its mesh", async ({ tenantId }) => {
      const { mesh, ann } = world.team({ tenantId });
      const other = world.mesh({ tenantId });
      const worker = await subscribedWorker(mesh);
      const working = worker.work("t", () => "done");
      await ann.push("it", 1, { topics: ["t"] });
      await waitFor("it is done", async () => (await other.system.getItem("it"))?.state === "done");
      await mesh.close();
      await working;
      await other.agent("Ann").push("it", 2);
      expect((await other.agent("Worker").claim({ topic: "t" }))?.key).toBe("it");
      await rejects(() => worker.work("t", () => "done"), "CLOSED");
    });

    it("rejects a topic without a subscription", async ({ ann, dov, system }) => {
      await ann.push("it", 1, { topics: ["t"] });
      await rejects(
        dov.work("t", () => "done"),
        "FORBIDDEN",
      );
      expect((await system.getItem("it"))?.state).toBe("open");
    });

    it.each<[string, WorkOptions]>([
      ["a concurrency of zero", { concurrency: 0 }],
      ["a fractional number of attempts", { maxAttempts: 0.5 }],
      ["an invalid lease", { lease: 0 }],
    ])("rejects %s", async (_, options) => {
      const mesh = world.mesh();
      const worker = await subscribedWorker(mesh);
      await rejects(() => worker.work("t", () => "done", options), "INVALID_ARGUMENTS");
      expect((await mesh.stats()).revision).toBe(1);
    });
  },
  storage(world, it) {
    it("completes present and later items with returned values", async ({ mesh, ann }) => {
      const worker = await subscribedWorker(mesh);
      for (let n = 0; n < 5; n++) await ann.push(`early ${n}`, n, { topics: ["t"] });
      const stop = startWork(worker, ({ value }) => (value === 3 ? undefined : value * 2));
      await waitFor("the early ones are done", async () => {
        const { items } = await worker.list();
        return items.length === 4 && items.every(({ state }) => state === "done");
      });
      for (let n = 0; n < 3; n++) await ann.push(`late ${n}`, n + 10, { topics: ["t"] });
      await waitFor("all are done", async () => {
        return (await worker.list({ state: "done" })).items.length === 7;
      });
      await stop();
      expect(await worker.getAll()).toEqual({
        "early 0": 0,
        "early 1": 2,
        "early 2": 4,
        "early 4": 8,
        "late 0": 20,
        "late 1": 22,
        "late 2": 24,
      });
    });

    it("runs each item once across workers, within concurrency", async () => {
      const meshes = await world.meshes();
      const [mesh] = meshes as [ContextMesh];
      await subscribedWorker(mesh);
      const keys = times(30, (n) => `item ${n}`);
      await mesh.agent("Ann").pushMany(keys.map((key) => ({ key, value: 1, topics: ["t"] })));
      const done: string[] = [];
      let most = 0;
      const stops = meshes.map((each) => {
        let running = 0;
        return startWork(
          each.agent("Worker"),
          async ({ key }) => {
            most = Math.max(most, ++running);
            if (most < 3) await waitFor("one worker does three at a time", () => most >= 3);
            done.push(key);
            running--;
          },
          { concurrency: 3 },
        );
      });
      await waitFor("everything is done", async () => (await mesh.stats()).items === 0);
      await Promise.all(stops.map((stop) => stop()));
      expect([...done].sort()).toEqual([...keys].sort());
      expect(most).toBe(3);
    });
  },
});
