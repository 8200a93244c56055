import { expect } from "vitest";
import type { AgentContext, ContextMesh, Cursor, RetentionOptions } from "@syntha/core";
import { toCursor, parseCursor } from "@syntha/core/storage";
import { Feed, readLog, rejects, rule, times, waitFor, type World } from "../harness/index.ts";

/** Keeps no log, and everything else. */
const KEEP_NO_LOG = { log: { commits: 0 }, history: false, events: false } as const;
const KEEP_NOTHING = {
  log: { commits: 0 },
  history: { commits: 0 },
  events: { count: 0 },
} as const;

const historyOf = async (mesh: ContextMesh, key: string): Promise<[string, unknown][]> =>
  (await mesh.system.history(key)).map(({ type, value }) => [type, value]);

const eventData = async (agent: AgentContext, since?: Cursor): Promise<unknown[]> =>
  (await agent.events({ since, limit: 1_000 })).events.map(({ data }) => data);

/** An agent that has published the numbers 1 to `count`, one per hour. */
async function publishHourly(world: World, count: number): Promise<AgentContext> {
  const ann = world.mesh().agent("Ann");
  for (let n = 1; n <= count; n++) {
    await ann.publish("counted", n, { global: true, id: `number ${n}` });
    world.clock.advance("1h");
  }
  return ann;
}

/** Values that a watch emits, up to the last one or an error. */
async function readValues(feed: Feed, last: number): Promise<{ given: unknown[]; error: unknown }> {
  const given: unknown[] = [];
  try {
    while (given.at(-1) !== last) {
      const change = await feed.next();
      if (change.type === "put") given.push(change.item.value);
    }
  } catch (error) {
    return { given, error };
  }
  return { given, error: undefined };
}

export const retention = rule(
  "R12 Retention",
  {
    core(world, it) {
      it("stops when its mesh closes", async ({ mesh, ann }) => {
        for (let n = 0; n < 8; n++) {
          const pushes = times(300, (k) => ({ key: `k${k}`, value: n, global: true }));
          await ann.pushMany(pushes);
        }
        const compacting = mesh.compact({ ...KEEP_NOTHING, onProgress: () => void mesh.close() });
        await rejects(compacting, "CLOSED");
        const later = world.mesh({ tenantId: mesh.tenantId });
        expect(await later.compact(KEEP_NOTHING)).toMatchObject({ floor: 8 });
      });

      it("compacts in the background", async () => {
        const retained = { log: { commits: 2 }, events: { count: 1 } };
        const { mesh, ann } = world.team({ retention: retained, compactEvery: 5 });
        for (let n = 1; n <= 6; n++) await ann.publish("counted", n, { global: true });
        await waitFor("log and events are short", async () => (await mesh.stats()).floor >= 4);
        await waitFor("old events are removed", async () => (await mesh.stats()).events <= 2);
        expect((await eventData(ann)).at(-1)).toBe(6);
        expect((await mesh.stats()).floor).toBe(4);
      });

      it("keeps the log for a week, events for a month", async ({ mesh, ann }) => {
        await ann.push("it", 1, { global: true });
        await ann.publish("counted", 1, { global: true });
        world.clock.advance("6d");
        await ann.push("it", 2);
        expect(await mesh.compact()).toEqual({ floor: 0, removed: 0 });
        world.clock.advance("2d");
        expect(await mesh.compact()).toEqual({ floor: 2, removed: 2 });
        expect(await historyOf(mesh, "it")).toEqual([["put", 2]]);
        expect(await eventData(ann)).toEqual([1]);
        world.clock.advance("23d");
        expect(await mesh.compact()).toEqual({ floor: 3, removed: 2 });
        expect(await mesh.stats()).toMatchObject({ events: 0, logEntries: 0, items: 1 });
      });

      it("keeps everything when retention is disabled", async () => {
        const { mesh, ann } = world.team({ retention: { log: false, events: false } });
        await ann.push("it", 1, { global: true });
        await ann.publish("counted", 1, { global: true });
        world.clock.advance("365d");
        expect(await mesh.compact()).toEqual({ floor: 0, removed: 0 });
        expect(await mesh.compact({ log: "1d" })).toEqual({ floor: 2, removed: 2 });
        expect(await eventData(ann)).toEqual([1]);
      });

      it.each<[RetentionOptions, string]>([
        [{ log: {} }, "retention.log"],
        [{ log: { commits: -1 } }, "retention.log.commits"],
        [{ log: { commits: 1.5 } }, "retention.log.commits"],
        [{ log: { age: "soon" as "1d" } }, "retention.log.age"],
        [{ log: "-1d" }, "retention.log"],
        [{ log: null as never }, "retention.log"],
        [{ history: null as never }, "retention.history"],
        [{ events: null as never }, "retention.events"],
        [{ history: true as never }, "retention.history"],
        [{ log: { age: "7d", count: 5 } as never }, "retention.log.count"],
        [{ events: { commits: 5 } as never }, "retention.events.commits"],
        [{ events: { count: Number.NaN } }, "retention.events.count"],
        [{ commits: 5 } as never, "retention.commits"],
      ])("rejects the retention %j", async (bad, path) => {
        const error = await rejects(() => world.mesh({ retention: bad }), "INVALID_ARGUMENTS");
        expect(error.details.path).toBe(path);
        await rejects(world.mesh().compact(bad), "INVALID_ARGUMENTS");
      });

      it.each<[RetentionOptions, string]>([
        [{ events: "1d" }, "retention.events"],
        [{ log: "2d", history: { age: "1d" } }, "retention.history"],
        [{ log: false, events: "30d" }, "retention.events"],
      ])("rejects the retention %j, shorter than the log's", async (bad, path) => {
        const error = await rejects(() => world.mesh({ retention: bad }), "INVALID_ARGUMENTS");
        expect(error.details.path).toBe(path);
      });
    },
    storage(world, it) {
      it("keeps a key's history past the log's floor", async ({ mesh, ann, system }) => {
        await ann.push("it", 1, { global: true });
        await (await ann.claim({ key: "it" }))?.release();
        await ann.push("it", 2);
        await ann.delete("it");
        await ann.push("other", 1, { global: true });
        await mesh.compact(KEEP_NO_LOG);
        expect(await historyOf(mesh, "it")).toEqual([
          ["put", 1],
          ["put", 2],
          ["delete", undefined],
        ]);
        expect((await system.explain("Bea", "it")).notVisibleBecause).toBe("deleted");
        await ann.push("it", 3, { global: true });
        expect((await historyOf(mesh, "it")).at(-1)).toEqual(["put", 3]);
        expect(await mesh.stats()).toMatchObject({ floor: 6, historyFloor: 0, logEntries: 5 });
      });

      it("starts the log after its floor", async ({ mesh, ann, tenantId }) => {
        const positions = [];
        for (let n = 1; n <= 4; n++) {
          await ann.push("it", n, { global: true });
          positions.push((await world.storage.log(tenantId, { after: "end", limit: 1 })).end);
        }
        await mesh.compact({ ...KEEP_NO_LOG, log: { commits: 1 } });
        const log = await readLog(world.storage, tenantId);
        expect(log.map(({ position }) => position)).toEqual([4]);
        const byKey = await readLog(world.storage, tenantId, "it", 1);
        expect(byKey.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
        for (const after of positions.slice(0, 2)) {
          const query = { after: after, limit: 10 };
          await rejects(world.storage.log(tenantId, query), "CURSOR_COMPACTED");
          const feed = new Feed(ann.watch({ since: toCursor(after) }));
          await rejects(feed.next(), "CURSOR_COMPACTED");
        }
        const edge = new Feed(ann.watch({ since: toCursor(positions[2]!) }));
        expect(await edge.drain(mesh)).toEqual(["put it=4"]);
      });

      it("keeps histories and events at least as long as the log", async () => {
        const ann = await publishHourly(world, 4);
        const { mesh } = ann;
        await ann.push("it", 1, { global: true });
        await ann.push("it", 2);
        const kept = { log: false, history: { commits: 0 }, events: { count: 0 } } as const;
        expect(await mesh.compact(kept)).toEqual({ floor: 0, removed: 0 });
        expect(await mesh.compact({ ...kept, log: { commits: 2 } })).toEqual({
          floor: 4,
          removed: 8,
        });
        expect(await historyOf(mesh, "it")).toEqual([
          ["put", 1],
          ["put", 2],
        ]);
        expect(await eventData(ann)).toEqual([]);
      });

      it("keeps histories by age or count, whichever is more", async ({ mesh, system }) => {
        for (let n = 1; n <= 6; n++) {
          await system.push("it", n, { global: true });
          world.clock.advance("1h");
        }
        const history = async (keep: RetentionOptions["history"]): Promise<unknown[]> => {
          await mesh.compact({ ...KEEP_NO_LOG, history: keep });
          return (await historyOf(mesh, "it")).map(([, value]) => value);
        };
        expect(await history({ age: "5h", commits: 2 })).toEqual([2, 3, 4, 5, 6]);
        expect(await history({ age: "1h", commits: 4 })).toEqual([3, 4, 5, 6]);
        expect(await history("2h")).toEqual([5, 6]);
        expect(await history({ commits: 4 })).toEqual([5, 6]);
        expect(await mesh.stats()).toMatchObject({ floor: 6, historyFloor: 4, logEntries: 2 });
        expect(await history({ commits: 0 })).toEqual([]);
      });

      it("erases expired values from history past the log", async ({ mesh, ann, tenantId }) => {
        await ann.push("it", "secret one", { global: true, ttl: "1h" });
        await ann.push("it", "secret two", { ttl: "keep" });
        await mesh.compact(KEEP_NO_LOG);
        expect((await historyOf(mesh, "it")).map(([, value]) => value)).toEqual([
          "secret one",
          "secret two",
        ]);
        world.clock.advance("1h");
        for (const sweep of [async () => 0, () => mesh.sweep()]) {
          await sweep();
          const byKey = await readLog(world.storage, tenantId, "it");
          expect(byKey.length).toBeGreaterThan(1);
          expect(JSON.stringify(byKey)).not.toContain("secret");
        }
        await ann.push("it", "open", { global: true });
        const byKey = await readLog(world.storage, tenantId, "it");
        expect(JSON.stringify(byKey)).not.toContain("secret");
        expect(JSON.stringify(byKey)).toContain("open");
      });

      it("resumes a history from any retained entry", async ({ mesh, system, tenantId }) => {
        for (let n = 1; n <= 6; n++) await system.push("it", n, { global: true });
        const page = await world.storage.log(tenantId, { after: "start", key: "it", limit: 2 });
        const next = { after: page.end, key: "it", limit: 2 };
        await mesh.compact(KEEP_NO_LOG);
        const { entries } = await world.storage.log(tenantId, next);
        expect(entries.map(({ position }) => position)).toEqual([3, 4]);
        await mesh.compact({ ...KEEP_NO_LOG, history: { commits: 2 } });
        await rejects(world.storage.log(tenantId, next), "CURSOR_COMPACTED");
        expect((await historyOf(mesh, "it")).map(([, value]) => value)).toEqual([5, 6]);
      });

      it("keeps events by age or count, whichever is more", async () => {
        const ann = await publishHourly(world, 6);
        const events = async (keep: RetentionOptions["events"]): Promise<unknown[]> => {
          await ann.mesh.compact({ ...KEEP_NO_LOG, events: keep });
          return eventData(ann);
        };
        expect(await events(false)).toEqual([1, 2, 3, 4, 5, 6]);
        expect(await events({ age: "5h", count: 2 })).toEqual([2, 3, 4, 5, 6]);
        expect(await events({ age: "1h", count: 4 })).toEqual([3, 4, 5, 6]);
        expect(await events("2h")).toEqual([5, 6]);
        expect(await events({ count: 1 })).toEqual([6]);
        expect((await ann.mesh.stats()).events).toBe(1);
        expect(await events({ count: 0 })).toEqual([]);
      });

      it("removes every trace of an event and frees its id", async ({ mesh, ann }) => {
        const route = { topics: ["a"], subscribers: ["Bea"] };
        await mesh.agent("Cyd").subscribe(["a"]);
        const first = await ann.publish("made", 1, { ...route, id: "one" });
        await mesh.compact(KEEP_NOTHING);
        for (const name of ["Ann", "Bea", "Cyd"]) {
          expect(await eventData(mesh.agent(name))).toEqual([]);
          expect((await mesh.agent(name).events({ types: ["made"] })).events).toEqual([]);
        }
        const again = await ann.publish("made", 2, { ...route, id: "one" });
        expect([first.created, again.created]).toEqual([true, true]);
        for (const name of ["Ann", "Bea", "Cyd"])
          expect(await eventData(mesh.agent(name))).toEqual([2]);
      });

      it("resumes events past the log until one is removed", async () => {
        const ann = await publishHourly(world, 3);
        const { cursor: middle } = await ann.events({ limit: 2 });
        await ann.push("it", 1, { global: true });
        const { cursor: end } = await ann.events();
        const watched = await new Feed(ann.watch()).started();
        for (const n of [4, 5]) await ann.publish("counted", n, { global: true });
        expect((await watched.take(2)).map(({ type }) => type)).toEqual(["event", "event"]);
        await ann.mesh.compact(KEEP_NO_LOG);
        expect(await eventData(ann, middle)).toEqual([3, 4, 5]);
        expect(await eventData(ann, end)).toEqual([4, 5]);
        await ann.mesh.compact({ ...KEEP_NO_LOG, events: { count: 3 } });
        expect(await eventData(ann, middle)).toEqual([3, 4, 5]);
        await ann.mesh.compact({ ...KEEP_NO_LOG, events: { count: 2 } });
        expect((await rejects(eventData(ann, middle), "CURSOR_COMPACTED")).details.floor).toBe(3);
        expect(await eventData(ann, end)).toEqual([4, 5]);
        await ann.mesh.compact({ ...KEEP_NO_LOG, events: { count: 1 } });
        await rejects(eventData(ann, end), "CURSOR_COMPACTED");
        // The cursor of a watch depends on the log only.
        expect(await eventData(ann, watched.watch.cursor)).toEqual([]);
        await ann.push("it", 2);
        await ann.mesh.compact(KEEP_NO_LOG);
        await rejects(eventData(ann, watched.received[1]?.cursor), "CURSOR_COMPACTED");
      });

      it("resumes events after all of them are removed", async () => {
        const ann = await publishHourly(world, 2);
        const { cursor } = await ann.events();
        await ann.mesh.compact(KEEP_NOTHING);
        const { cursor: later } = await ann.events();
        await ann.push("it", 1, { global: true });
        await ann.mesh.compact(KEEP_NOTHING);
        for (const since of [cursor, later]) expect(await eventData(ann, since)).toEqual([]);
        await ann.publish("counted", 3, { global: true });
        for (const since of [cursor, later]) expect(await eventData(ann, since)).toEqual([3]);
      });

      it("rejects an event cursor from an undone history", async () => {
        const ann = await publishHourly(world, 3);
        const { cursor } = await ann.events({ limit: 2 });
        const undone = toCursor({ ...parseCursor(cursor), eventFingerprint: 7 });
        await ann.mesh.compact(KEEP_NO_LOG);
        expect(await eventData(ann, cursor)).toEqual([3]);
        await rejects(eventData(ann, undone), "INVALID_CURSOR");
      });

      it("accepts a tenant's first cursor until an event is removed", async ({ mesh, ann }) => {
        const { cursor } = await ann.events();
        await ann.publish("counted", 1, { global: true });
        await mesh.compact(KEEP_NO_LOG);
        expect(await eventData(ann, cursor)).toEqual([1]);
        await mesh.compact(KEEP_NOTHING);
        await rejects(eventData(ann, cursor), "CURSOR_COMPACTED");
      });

      it("compacts a commit larger than one step", async ({ mesh, ann }) => {
        const pushes = times(20, (n) => ({ key: `k${n}`, value: n, global: true }));
        await ann.pushMany(pushes);
        const request = { tenantId: mesh.tenantId, log: {}, limit: 3 } as const;
        expect((await world.storage.compact(request)).floor).toBe(1);
        expect(await readLog(world.storage, mesh.tenantId)).toEqual([]);
        expect(await historyOf(mesh, "k7")).toEqual([["put", 7]]);
      });

      it("reports progress and stops when aborted", async ({ mesh, ann }) => {
        for (let n = 1; n <= 6; n++) {
          const pushes = times(300, (k) => ({ key: `k${k}`, value: n, global: true }));
          await ann.pushMany(pushes);
        }
        const progress: number[] = [];
        const controller = new AbortController();
        const stopped = mesh.compact({
          ...KEEP_NOTHING,
          signal: controller.signal,
          onProgress: ({ removed }) => {
            progress.push(removed);
            if (progress.length === 2) controller.abort();
          },
        });
        await rejects(stopped, "ABORTED");
        expect(progress).toHaveLength(2);
        expect(await mesh.compact(KEEP_NOTHING)).toEqual({
          floor: 6,
          removed: 1_800 - progress[1]!,
        });
        expect((await mesh.stats()).logEntries).toBe(0);
      });

      it("counts each removal once among concurrent compactions", async ({ mesh, system }) => {
        for (let n = 1; n <= 30; n++) await system.push("it", n, { global: true });
        const { tenantId } = mesh;
        const third = (await world.newHandle()) ?? world.storage;
        const handles = [...(await world.handles()), world.storage, third];
        const meshes = handles.map((each) => world.mesh({ tenantId }, each));
        const done = await Promise.all(meshes.map((each) => each.compact(KEEP_NOTHING)));
        expect(done.reduce((sum, { removed }) => sum + removed, 0)).toBe(30);
        expect(await mesh.stats()).toMatchObject({
          floor: 30,
          historyFloor: 30,
          logEntries: 0,
          items: 1,
        });
      });

      it("rejects a watch that compaction overtakes", async ({ mesh, ann }) => {
        const writer = ann;
        const handles = await world.handles();
        const feeds = await Promise.all(
          handles.map((storage) => {
            const watcher = world.mesh({ tenantId: mesh.tenantId }, storage);
            return new Feed(watcher.agent("Bea").watch()).started();
          }),
        );
        const reading = feeds.map((feed) => readValues(feed, 40));
        for (let n = 1; n <= 40; n++) {
          await writer.push("it", n, { global: true });
          await mesh.compact(KEEP_NOTHING);
          // Lets the watches read in between, at times.
          if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
        }
        for (const { given, error } of await Promise.all(reading)) {
          expect(given).toEqual(times(given.length, (n) => n + 1));
          if (given.at(-1) !== 40) await rejects(Promise.reject(error), "CURSOR_COMPACTED");
        }
      });

      it("leaves an idle watch in after", async ({ mesh, ann }) => {
        await ann.push("it", 1, { global: true });
        const feed = await new Feed(ann.watch()).started();
        await mesh.compact(KEEP_NOTHING);
        await ann.push("it", 2);
        expect(await feed.lines(1)).toEqual(["put it=2"]);
      });

      it("rejects a watch within a compacted commit", async ({ mesh, ann }) => {
        const { cursor } = await ann.events();
        const pushes = times(300, (n) => ({ key: `k${n}`, value: n, global: true }));
        await ann.pushMany(pushes);
        const feed = new Feed(ann.watch({ since: cursor, buffer: 1 }));
        await feed.take(5);
        await mesh.compact(KEEP_NOTHING);
        const { given, error } = await readValues(feed, 299);
        expect(given).toEqual(times(given.length, (n) => n + 5));
        expect(given.length).toBeLessThan(295);
        await rejects(Promise.reject(error), "CURSOR_COMPACTED");
        const again = new Feed(ann.watch({ since: feed.received.at(-1)!.cursor }));
        await rejects(again.next(), "CURSOR_COMPACTED");
      });

      it("reports dropped changes and rejects resuming at them", async ({ mesh, ann }) => {
        const feed = await new Feed(ann.watch({ buffer: 1 })).started();
        const wide = await new Feed(ann.watch()).started();
        for (let n = 1; n <= 4; n++) await ann.push("it", n, { global: true });
        await wide.take(4);
        await mesh.compact(KEEP_NOTHING);
        const [, lagged] = await feed.take(2);
        expect(lagged).toMatchObject({ type: "lagged", dropped: 3 });
        await rejects(new Feed(ann.watch({ since: lagged!.cursor })).next(), "CURSOR_COMPACTED");
        await ann.push("it", 5);
        expect(await feed.lines(1)).toEqual(["put it=5"]);
      });

      it("does not emit ready when a change was compacted", async ({ mesh, ann }) => {
        for (const key of ["a", "b", "c", "d"]) await ann.push(key, 1, { global: true });
        const feed = new Feed(ann.watch({ initial: true, buffer: 1 }));
        expect(await feed.lines(1)).toEqual(["put a=1"]);
        await ann.push("d", 2);
        await mesh.compact(KEEP_NOTHING);
        await rejects(
          feed.takeUntil((change) => change.type === "ready"),
          "CURSOR_COMPACTED",
          { floor: 5 },
        );
        const again = new Feed(ann.watch({ initial: true }));
        expect((await again.lines(5)).slice(3)).toEqual(["put d=2", "ready"]);
        const since = feed.received.at(-1)!.cursor;
        await rejects(new Feed(ann.watch({ since })).next(), "CURSOR_COMPACTED");
      });
    },
    wrapper(world, it) {
      it("compacts whole commits in steps, between writes", async ({ mesh, ann }) => {
        const batch = (n: number): Promise<unknown> =>
          ann.pushMany(["a", "b", "c"].map((key) => ({ key, value: n, global: true })));
        for (let n = 1; n <= 5; n++) await batch(n);
        const request = { tenantId: mesh.tenantId, log: {}, history: {}, limit: 4 } as const;
        const steps: [number, number, boolean][] = [];
        for (let more = true; more;) {
          const step = await world.storage.compact(request);
          ({ more } = step);
          steps.push([step.floor, step.removed, more]);
          const log = await readLog(world.storage, mesh.tenantId);
          const first = log[0]?.position ?? step.floor + 1;
          expect(first).toBe(step.floor + 1);
          expect(log.filter(({ position }) => position === first).length % 3).toBe(0);
          if (steps.length === 1) await batch(6);
        }
        expect(steps.at(-1)?.[0]).toBe(6);
        expect(steps.length).toBeGreaterThan(3);
        for (const [, removed] of steps) expect(removed).toBeLessThanOrEqual(6);
        expect(steps.reduce((sum, [, removed]) => sum + removed, 0)).toBe(18);
      });

      it("removes events in steps", async () => {
        const ann = await publishHourly(world, 7);
        await ann.mesh.compact(KEEP_NO_LOG);
        const { tenantId } = ann;
        const request = { tenantId, events: { count: 2 }, limit: 3 } as const;
        const first = await world.storage.compact(request);
        expect([first.removed, first.more, await eventData(ann)]).toEqual([3, true, [4, 5, 6, 7]]);
        const second = await world.storage.compact(request);
        expect([second.removed, second.more, await eventData(ann)]).toEqual([2, false, [6, 7]]);
        expect(await world.storage.compact(request)).toEqual({ floor: 7, removed: 0, more: false });
      });
    },
  },
  ["compaction"],
);
