import { expect, it, onTestFinished, vi } from "vitest";
import { type AgentContext, type Item, SynthaError, type WaitOptions } from "@syntha/core";
import { interruptibleStorage, rejects, rule, times, waitFor } from "../harness/index.ts";

export const waiting = rule("Waiting", {
  core(world) {
    it("returns at once what is there, and undefined when the time is over", async () => {
      const { ann, bea } = world.team();
      await ann.push("it", 1, { global: true });
      expect(await bea.waitFor("it")).toEqual(await bea.getItem("it"));
      expect(await bea.waitFor("missing", { timeout: 0 })).toBeUndefined();
      expect(await bea.waitFor("it", { until: () => false, timeout: 5 })).toBeUndefined();
    });

    it.each<[string, (ann: AgentContext, bea: AgentContext) => Promise<unknown>]>([
      ["is re-routed to the agent", (ann) => ann.push("it", 1, { subscribers: ["Bea"] })],
      ["comes into view by a subscription", (_, bea) => bea.subscribe(["secret"])],
      [
        "is replaced by one that is visible",
        async (ann) => {
          await ann.delete("it");
          await ann.push("it", 1, { global: true });
        },
      ],
    ])("wakes when an item %s, and shows nothing before", async (_, change) => {
      const { ann, bea } = world.team();
      await ann.push("it", 1, { topics: ["secret"] });
      const seen: number[] = [];
      const waiting = bea.waitFor("it", {
        until: ({ revision }) => seen.push(revision) > 0,
        timeout: "1m",
      });
      await ann.push("it", 2);
      await ann.push("other", 2, { global: true });
      await change(ann, bea);
      expect((await waiting)?.key).toBe("it");
      expect(seen).toEqual([(await bea.getItem("it"))?.revision]);
    });

    it("wakes for each step of a task", async () => {
      const { ann, worker } = world.team();
      await worker.subscribe(["work"]);
      await ann.push("task", 1, { topics: ["work"] });
      const reached = (state: Item["state"]): Promise<Item | undefined> =>
        ann.waitFor("task", { until: (item) => item.state === state, timeout: "1m" });
      const claimed = reached("claimed");
      const lease = await worker.claim({ topic: "work" });
      expect((await claimed)?.state).toBe("claimed");
      const done = reached("done");
      await lease?.complete("result");
      expect(await done).toMatchObject({ state: "done", value: "result" });
    });

    it.each<[string, WaitOptions, string]>([
      ["an unknown option", { untill: () => true } as WaitOptions, "until"],
      ["a condition that is no function", { until: true } as unknown as WaitOptions, "until"],
      ["a negative timeout", { timeout: -1 }, "timeout"],
    ])("rejects %s", async (_, options, named) => {
      const { message, hint } = await rejects(
        world.mesh().agent("Bea").waitFor("it", options),
        "INVALID_ARGUMENTS",
      );
      expect(message + hint).toContain(named);
    });

    it("rejects an asynchronous condition, which would hold at once", async () => {
      const { ann } = world.team();
      await ann.push("it", 1, { global: true });
      const until = (async () => false) as unknown as () => boolean;
      await rejects(ann.waitFor("it", { until }), "INVALID_ARGUMENTS");
    });

    it("ends with its signal, its mesh, or an error of the condition", async () => {
      const { mesh, bea, ann } = world.team();
      const aborted = await rejects(
        bea.waitFor("it", { signal: AbortSignal.abort("early") }),
        "ABORTED",
      );
      expect(aborted.cause).toBe("early");
      const controller = new AbortController();
      const waiting = rejects(bea.waitFor("it", { signal: controller.signal }), "ABORTED");
      controller.abort();
      await waiting;
      await ann.push("there", 1, { global: true });
      const failure = new Error("unexpected");
      const failing = bea.waitFor("there", {
        until: () => {
          throw failure;
        },
      });
      await expect(failing).rejects.toBe(failure);
      const closed = rejects(bea.waitFor("it"), "CLOSED");
      await mesh.close();
      await closed;
      await rejects(bea.waitFor("it"), "CLOSED");
    });

    it("wakes for a dependency that is satisfied while the item is read", async () => {
      const { mesh, ann } = world.team();
      await ann.push("first", 1, { global: true });
      await ann.push("task", 1, { global: true, dependsOn: ["first"] });
      const get = world.storage.get.bind(world.storage);
      const reading = vi.spyOn(world.storage, "log");
      const getting = vi.spyOn(world.storage, "get").mockImplementationOnce(async (...args) => {
        const answer = await get(...args);
        const reads = reading.mock.settledResults.length;
        await mesh.system.delete("first");
        await waitFor("it is read", () => reading.mock.settledResults.length > reads);
        return answer;
      });
      onTestFinished(() => [reading, getting].forEach((spy) => spy.mockRestore()));
      const ready = await ann.waitFor("task", {
        until: ({ pendingDependencies }) => pendingDependencies.length === 0,
        timeout: "1m",
      });
      expect(ready?.key).toBe("task");
    });

    it("wakes one that starts after an error has ended others", async () => {
      const link = interruptibleStorage(world.storage);
      const mesh = world.mesh({}, link.storage);
      const [bea, cid] = [mesh.agent("Bea"), mesh.agent("Cid")];
      const other = world.mesh({ tenantId: mesh.tenantId });
      await bea.push("else", 1, { global: true });
      const get = world.storage.get.bind(world.storage);
      let answer: () => void = () => undefined;
      const delayed = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const getting = vi.spyOn(world.storage, "get").mockImplementation(async (...args) => {
        if (args[2].includes("slow")) await delayed;
        return get(...args);
      });
      onTestFinished(() => getting.mockRestore());
      const slow = rejects(cid.waitFor("slow", { timeout: 0 }), "MISCONFIGURED");
      const waiting = rejects(bea.waitFor("it"), "MISCONFIGURED");
      await waitFor("it is read", () => getting.mock.calls.some(([, , [key]]) => key === "it"));
      link.interrupt(new SynthaError("MISCONFIGURED", "Wrong password.", { hint: "Set it." }));
      await other.system.push("else", 2);
      await waiting;
      link.restore();
      const later = bea.waitFor("it", { timeout: "1m" });
      answer();
      await slow;
      await other.system.push("it", 1, { global: true });
      expect((await later)?.value).toBe(1);
    });

    it("reads the log at most three times for any number of waiters", async () => {
      const { ann, mesh } = world.team();
      await ann.push("start", 1, { global: true });
      const log = vi.spyOn(world.storage, "log");
      const waits = times(500, (n) =>
        mesh.agent(`Agent ${n}`).waitFor(`it ${n % 5}`, { timeout: "1m" }),
      );
      // The end of the log, and what may have been committed before the listener.
      await waitFor("they have started", () => log.mock.calls.length >= 2);
      log.mockClear();
      await ann.pushMany(times(5, (n) => ({ key: `it ${n}`, value: n, global: true })));
      const items = await Promise.all(waits);
      // A storage may announce its own commit, and its server announce it again. A connection of its own, for which a slow
      // server takes longer, lets it read once more.
      expect(log.mock.calls.length).toBeLessThanOrEqual(3);
      log.mockRestore();
      expect(items.map((item) => item?.value)).toEqual(times(500, (n) => n % 5));
    });
  },

  storage(world) {
    it("wakes after a commit of another process", async () => {
      const [here, ...others] = await world.meshes();
      const there = others[0] ?? here;
      for (let n = 0; n < 5; n++) {
        const waiting = here.agent("Bea").waitFor(`it ${n}`, { timeout: "1m" });
        await there.agent("Ann").push(`it ${n}`, n, { subscribers: ["Bea"] });
        expect((await waiting)?.value).toBe(n);
      }
    });

    it("goes on through an outage", async () => {
      const link = interruptibleStorage(world.storage);
      const mesh = world.mesh({}, link.storage);
      const other = world.mesh({ tenantId: mesh.tenantId });
      const waiting = mesh.agent("Bea").waitFor("it", { timeout: "1m" });
      await other.system.push("else", 1, { global: true });
      link.interrupt();
      await other.system.push("it", 1, { global: true });
      await waitFor("it is rejected", () => link.rejectedCalls > 0);
      link.restore();
      expect((await waiting)?.value).toBe(1);
    });

    it("times out during an outage, and ends with an error that stays", async () => {
      const link = interruptibleStorage(world.storage);
      const bea = world.mesh({}, link.storage).agent("Bea");
      await bea.push("else", 1, { global: true });
      link.interrupt();
      expect(await bea.waitFor("it", { timeout: 20 })).toBeUndefined();
      link.restore();
      const waiting = rejects(bea.waitFor("it"), "MISCONFIGURED");
      const misconfigured = new SynthaError("MISCONFIGURED", "Wrong password.", {
        hint: "Set it.",
      });
      link.interrupt(misconfigured);
      const other = world.mesh({ tenantId: bea.tenantId });
      await other.system.push("else", 2);
      await waiting;
    });

    it("goes on after the log was compacted or the tenant dropped", async () => {
      const link = interruptibleStorage(world.storage);
      const mesh = world.mesh({}, link.storage);
      const other = world.mesh({ tenantId: mesh.tenantId });
      await other.system.push("else", 1, { global: true });
      const waiting = mesh.agent("Bea").waitFor("it", { timeout: "1m" });
      await mesh.agent("Bea").push("mine", 1, { global: true });
      link.interrupt();
      await other.system.push("else", 2);
      await waitFor("it is rejected", () => link.rejectedCalls > 0);
      await world.registry().drop(mesh.tenantId);
      await other.system.push("it", 1, { global: true });
      link.restore();
      expect((await waiting)?.value).toBe(1);
    });
  },
});
