import { expect } from "vitest";
import type { ConnectionChange, WatchOptions } from "@syntha/core";
import type { Storage } from "@syntha/core/storage";
import { Feed, interruptibleStorage, rejects, rule, times, waitFor } from "../harness/index.ts";

export const outages = rule("R12 Outages", {
  core(world, it) {
    /** A mesh whose storage can be interrupted, another on the same tenant, and the first one's reports. */
    const scene = () => {
      const link = interruptibleStorage(world.storage);
      const changes: ConnectionChange[] = [];
      const onConnectionChange = (change: ConnectionChange): void => void changes.push(change);
      const mesh = world.mesh({ onConnectionChange }, link.storage);
      const other = world.mesh({ tenantId: mesh.tenantId });
      const statuses = (): string[] => changes.map(({ status }) => status);
      return { link, mesh, other, statuses };
    };

    const keys = (count: number): string[] =>
      times(count, (n) => `item ${String(n).padStart(3, "0")}`);

    it("resume a watch with no gaps or duplicates", async () => {
      const { link, mesh, other, statuses } = scene();
      const bea = mesh.agent("Bea");
      await bea.subscribe(["a"]);
      const feed = await new Feed(bea.watch()).started();
      await other.system.push("before", 1, { topics: ["a"] });
      expect(await feed.lines(1)).toEqual(["put before=1"]);
      link.interrupt();
      await other.system.push("during", 1, { topics: ["a"] });
      await other.system.push("during", 2);
      await waitFor("the watch is rejected more than once", () => link.rejectedCalls > 1);
      await other.system.delete("before");
      await other.agent("Bea").unsubscribe(["a"]);
      await other.agent("Bea").subscribe(["b"]);
      await other.system.push("hidden", 1, { topics: ["a"] });
      link.restore();
      expect(await feed.drain(other)).toEqual(["delete before", "hide during"]);
      expect(statuses()).toEqual(["disconnected", "reconnected"]);
    });

    it.each<[string, WatchOptions]>([
      ["of everything", { initial: true, buffer: 1 }],
      ["of some keys", { initial: true, buffer: 1, keys: keys(150) }],
    ])("resume an initial listing %s", async (_, options) => {
      const { link, mesh, other, statuses } = scene();
      await other.system.pushMany(keys(150).map((key) => ({ key, value: 1, global: true })));
      const feed = await new Feed(mesh.system.watch(options)).started();
      const first = await feed.lines(20);
      link.interrupt();
      // Only what was read before the interruption.
      const taking = feed.lines(130);
      await waitFor("the watch is rejected", () => link.rejectedCalls > 0);
      await other.system.push("item 149", 2);
      link.restore();
      const lines = [...first, ...(await taking)];
      expect(lines).toEqual([...keys(149).map((key) => `put ${key}=1`), "ready"]);
      expect(await feed.lines(1)).toEqual(["put item 149=2"]);
      expect(statuses()).toEqual(["disconnected", "reconnected"]);
    });

    it("delay the start of a watch without losing writes", async () => {
      const { link, mesh, other, statuses } = scene();
      link.interrupt();
      const feed = new Feed(mesh.system.watch());
      await waitFor("the watch is rejected", () => link.rejectedCalls > 0);
      await rejects(mesh.system.push("rejected", 1, { global: true }), "UNAVAILABLE");
      await other.system.push("another's", 1, { global: true });
      link.restore();
      await mesh.system.push("own", 1, { global: true });
      expect(await feed.drain(other)).toEqual(["put own=1"]);
      expect(statuses()).toEqual(["disconnected", "reconnected"]);
    });

    it("resume a watch that is reading its subscriptions", async () => {
      const { link, mesh, other } = scene();
      const bea = other.agent("Bea");
      const { cursor } = await bea.changes();
      await other.system.push("a", 1, { topics: ["news"] });
      await bea.subscribe(["news"]);
      await other.system.push("b", 1, { topics: ["news"] });
      await bea.unsubscribe(["news"]);
      await bea.subscribe(["news"]);
      // Every other read is rejected.
      let reads = 0;
      const next = <R>(read: () => Promise<R>): Promise<R> => {
        if (reads++ % 2 === 0) link.interrupt();
        else link.restore();
        return read();
      };
      const flaky: Storage = {
        ...link.storage,
        log: (...args) => next(() => link.storage.log(...args)),
        agents: (...args) => next(() => link.storage.agents(...args)),
        list: (...args) => next(() => link.storage.list(...args)),
      };
      const reader = world.mesh({ tenantId: mesh.tenantId }, flaky);
      const feed = new Feed(reader.agent("Bea").watch({ since: cursor }));
      expect(await feed.lines(6)).toEqual([
        "put a=1",
        "put b=1",
        "hide a",
        "hide b",
        "put a=1",
        "put b=1",
      ]);
    });

    it("resume a worker without repeating work", async () => {
      const { link, mesh, other, statuses } = scene();
      const stop = new AbortController();
      const done: string[] = [];
      const errors: unknown[] = [];
      link.interrupt();
      const working = mesh.agent("Ann").work(
        "jobs",
        async ({ key }) => {
          done.push(key);
          link.interrupt();
          await Promise.resolve();
          setTimeout(() => link.restore(), 60);
          if (key === "2") stop.abort();
          return "done";
        },
        { signal: stop.signal, onError: (error) => errors.push(error) },
      );
      await waitFor("the worker is rejected", () => link.rejectedCalls > 0);
      await other.agent("Ann").subscribe(["jobs"]);
      await other.system.push("1", 1, { topics: ["jobs"] });
      link.restore();
      await waitFor("the first is done", async () => (await other.system.get("1")) === "done");
      await other.system.push("2", 1, { topics: ["jobs"] });
      await working;
      expect([done, errors]).toEqual([["1", "2"], []]);
      expect(await other.system.get("2")).toBe("done");
      expect(statuses().slice(0, 2)).toEqual(["disconnected", "reconnected"]);
    });
  },
});
