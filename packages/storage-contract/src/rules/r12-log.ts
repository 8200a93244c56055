import { expect } from "vitest";
import type { ContextMesh, Retention } from "@syntha/core";
import type { LogEntry } from "@syntha/core/storage";
import {
  foldLog,
  loggedItem,
  readItems,
  readLog,
  rejects,
  rule,
  type World,
} from "../harness/index.ts";

/** Writes an entry of each kind. */
async function writeOfEachKind(world: World, mesh: ContextMesh): Promise<void> {
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["a", "b"]);
  await ann.subscribe(["a"]);
  await ann.push("one", 1, { topics: ["a"] });
  await ann.pushMany([
    { key: "two", value: 2, topics: ["a", "b"] },
    { key: "three", value: 3, global: true, ttl: "1m" },
    { key: "four", value: 4, topics: ["c"], ttl: "1m" },
  ]);
  await bea.push("two", 22);
  await ann.publish("happened", 1, { topics: ["a"], id: "e1" });
  await ann.publish("happened", 2, { topics: ["a"], id: "e1" });
  const lease = await bea.claim({ key: "two" });
  await lease?.extend("5m");
  const other = await ann.claim({ topic: "a" });
  await other?.complete("done", { events: [{ type: "done", data: 1, global: true, id: "e2" }] });
  await mesh.setPermissions("Bea", { subscribe: ["b"], post: ["b"] });
  world.clock.advance("1m");
  await ann.push("three", "again", { global: true });
  await mesh.sweep();
  await ann.delete("three");
  await ann.push("five", 5, { subscribers: ["Bea"], topics: ["d"] });
  await mesh.deleteTopic("d");
  await rejects(bea.push("five", 6, { global: true }), "NOT_OWNER");
  await bea.unsubscribe(["b", "x"]);
}

export const log = rule("R12 Log", {
  storage(world, it) {
    it("folds to the current state", async ({ mesh, tenantId }) => {
      const { storage } = world;
      await writeOfEachKind(world, mesh);
      const log = await readLog(storage, tenantId);
      const { items, leases, subscriptions, permissions, events } = foldLog(log);
      const rows = await readItems(storage, tenantId);
      expect(items).toEqual(new Map(rows.map((row) => [row.key, loggedItem(row)])));
      const leased = rows.flatMap(({ key, lease }) =>
        lease ? [[key, lease.holder] as const] : [],
      );
      expect(leases).toEqual(new Map(leased));
      for (const name of ["Ann", "Bea"]) {
        const [agent] = (await storage.agents(tenantId, { name })).agents;
        expect([...(subscriptions.get(name) ?? [])].sort()).toEqual(agent?.subscriptions);
        expect(permissions.get(name) ?? null).toEqual(agent?.permissions);
      }
      const stored = (await storage.events(tenantId, { actor: null, limit: 100 })).events;
      expect(stored.map(({ id }) => id)).toEqual(events);
      const published = log.filter(({ change }) => change.type === "event");
      expect(stored.map(({ position, index }) => [position, index])).toEqual(
        published.map(({ position, index }) => [position, index]),
      );
    });

    it("is gapless, in commit order, one header per commit", async ({ mesh, tenantId }) => {
      await writeOfEachKind(world, mesh);
      const entries = await readLog(world.storage, tenantId);
      let before: LogEntry | undefined;
      for (const entry of entries) {
        const isNext = entry.index === 0;
        expect([entry.position, entry.index]).toEqual(
          isNext
            ? [(before?.position ?? 0) + 1, 0]
            : [before?.position, (before?.index ?? Number.NaN) + 1],
        );
        const shared = (each: LogEntry | undefined): unknown => [
          each?.commitId,
          each?.at,
          each?.actor,
        ];
        expect(isNext || shared(entry)).toEqual(isNext || shared(before));
        expect(entry.at).toBeGreaterThanOrEqual(before?.at ?? 0);
        before = entry;
      }
      const marks = new Map(entries.map(({ position, commitId }) => [position, commitId]));
      expect(new Set(marks.values()).size).toBe(marks.size);
      expect(before?.position).toBe((await mesh.stats()).revision);
      expect(entries[0]).toMatchObject({ actor: "Bea", change: { type: "subscribe" } });
    });

    it("grows by one position per call that changes something", async ({ mesh, ann }) => {
      const positions: number[] = [];
      const note = async (call: Promise<unknown>): Promise<void> => {
        await call.catch(() => undefined);
        positions.push((await mesh.stats()).revision);
      };
      await note(ann.push("it", 1, { topics: ["a"] }));
      await note(ann.subscribe(["a", "b"]));
      await note(ann.subscribe(["a"]));
      await note(ann.unsubscribe(["c"]));
      await note(ann.publish("happened", 1, { topics: ["a"], id: "e" }));
      await note(ann.publish("happened", 1, { topics: ["a"], id: "e" }));
      await note(ann.delete("nothing"));
      await note(ann.push("it", 1, { ifRevision: 9 }));
      await note(mesh.sweep());
      await note(ann.claim({ topic: "b" }));
      await note(mesh.setPermissions("Bea", null));
      await note(mesh.deleteTopic("none"));
      await note(mesh.clear());
      await note(mesh.clear());
      expect(positions).toEqual([1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4]);
    });

    it.each([1, 2, 3, 5, 1_000])("returns the same entries by pages of %i", async (limit) => {
      const { mesh, tenantId } = world.team();
      await writeOfEachKind(world, mesh);
      const whole = await readLog(world.storage, tenantId);
      expect(await readLog(world.storage, tenantId, undefined, limit)).toEqual(whole);
      for (const key of ["one", "two", "three", "none"]) {
        const ofKey = whole.filter(({ change }) => "key" in change && change.key === key);
        expect(await readLog(world.storage, tenantId, key, limit)).toEqual(ofKey);
      }
    });

    it("starts empty for a new tenant", async ({ ann, tenantId }) => {
      const { storage } = world;
      const before = await storage.log(tenantId, { after: "end", limit: 1 });
      expect(before).toMatchObject({ entries: [], head: 0, isHead: true, epoch: "" });
      await ann.push("it", 1, { global: true });
      const since = await storage.log(tenantId, { after: before.end, limit: 10 });
      expect(since.entries.map(({ position }) => position)).toEqual([1]);
    });

    it("records the audience before and after, not old values", async () => {
      const { ann, system, tenantId } = world.team();
      await ann.push("it", "first", { topics: ["a"] });
      await ann.push("it", "second", { subscribers: ["Bea"] });
      await system.push("it", "third", { global: true });
      const [, second] = await readLog(world.storage, tenantId);
      expect(second).toMatchObject({
        change: {
          type: "put",
          before: { topics: ["a"], subscribers: [], global: false, owner: "Ann", revision: 1 },
          after: { value: '"second"', topics: [], subscribers: ["Bea"], owner: "Ann", revision: 2 },
        },
        current: { topics: [], subscribers: [], global: true, owner: null, revision: 3 },
      });
      const others = JSON.stringify({ ...second, change: { ...second!.change, after: null } });
      expect(others).not.toMatch(/first|second|third/);
    });

    it("returns a key's history, oldest first", async ({ ann, bea, system }) => {
      const start = world.clock();
      await ann.push("it", 1, { topics: ["a"] });
      await ann.push("other", 1, { global: true });
      world.clock.advance("1s");
      await (await ann.claim({ key: "it" }))?.release();
      await system.push("it", 2, { subscribers: ["Bea"] });
      await (await bea.claim({ key: "it" }))?.complete(3);
      await system.delete("it");
      const history = await system.history("it");
      expect(history.map(({ type, actor, value, state }) => [type, actor, value, state])).toEqual([
        ["put", "Ann", 1, "open"],
        ["lease", "Ann", undefined, "claimed"],
        ["lease", "Ann", undefined, "open"],
        ["put", undefined, 2, "open"],
        ["lease", "Bea", undefined, "claimed"],
        ["put", "Bea", 3, "done"],
        ["delete", undefined, undefined, undefined],
      ]);
      expect(history[0]).toMatchObject({ revision: 1, at: new Date(start), topics: ["a"] });
      expect(history[3]).toMatchObject({ subscribers: ["Bea"], topics: [], global: false });
      expect(await system.history("nothing")).toEqual([]);
    });
  },
  wrapper(world, it) {
    it("resumes from its end", async ({ mesh, ann, tenantId }) => {
      const { storage } = world;
      await writeOfEachKind(world, mesh);
      const page = await storage.log(tenantId, { after: "end", limit: 1 });
      expect([page.entries, page.isHead, page.end.position]).toEqual([[], true, page.head]);
      const nothing = await storage.log(tenantId, { after: page.end, limit: 1 });
      expect([nothing.entries, nothing.isHead, nothing.end]).toEqual([[], true, page.end]);
      await ann.push("new", 1, { global: true });
      const since = await storage.log(tenantId, { after: page.end, limit: 10 });
      expect(since.entries.map(({ position }) => position)).toEqual([page.head + 1]);
      expect(since.isHead).toBe(true);
    });

    it("starts after a commit by its number", async ({ mesh, tenantId }) => {
      const { storage } = world;
      await writeOfEachKind(world, mesh);
      const whole = await readLog(storage, tenantId);
      const { head } = await storage.log(tenantId, { after: "end", limit: 1 });
      for (let after = 0; after <= head; after++) {
        const page = await storage.log(tenantId, { after, limit: 1_000 });
        expect(page.entries).toEqual(whole.filter(({ position }) => position > after));
        expect([page.isHead, page.floor]).toEqual([true, 0]);
        const [first] = page.entries;
        const short = await storage.log(tenantId, { after, limit: 1 });
        expect(short.entries).toEqual(first === undefined ? [] : [first]);
        const rest = await storage.log(tenantId, { after: short.end, limit: 1_000 });
        expect(rest.entries).toEqual(page.entries.slice(1));
      }
      const beyond = storage.log(tenantId, { after: head + 1, limit: 1 });
      await rejects(beyond, "INVALID_CURSOR");
    });
  },
  compaction(world, it) {
    it("starts after a commit by its number down to its floor", async ({ mesh, ann, tenantId }) => {
      const { storage } = world;
      for (const value of [1, 2, 3, 4]) await ann.push("it", value, { global: true });
      await mesh.compact({ log: { commits: 2 }, history: { commits: 3 } });
      const positions = async (after: number, key?: string): Promise<number[]> =>
        (await storage.log(tenantId, { after, key, limit: 9 })).entries.map((e) => e.position);
      expect(await positions(2)).toEqual([3, 4]);
      expect(await positions(1, "it")).toEqual([2, 3, 4]);
      expect((await rejects(positions(1), "CURSOR_COMPACTED")).details).toEqual({ floor: 2 });
      const history = await rejects(positions(0, "it"), "CURSOR_COMPACTED");
      expect(history.details).toEqual({ floor: 1 });
    });

    it("is compacted to its retention and reports its floor", async () => {
      const { mesh, ann, system, tenantId } = world.team();
      const start = world.clock();
      for (let n = 1; n <= 10; n++) {
        await ann.push("it", n, { global: true });
        world.clock.advance("1m");
      }
      const floors: number[] = [];
      const positions: (number | undefined)[] = [];
      const compact = async (log: Retention): Promise<void> => {
        floors.push((await mesh.compact({ log })).floor);
        positions.push((await readLog(world.storage, tenantId))[0]?.position);
      };
      await compact({ commits: 100 });
      await compact({ commits: 8 });
      await compact({ commits: 9 });
      // After ten minutes: the commit of six minutes ago is the fifth.
      expect(world.clock() - start).toBe(600_000);
      await compact({ age: "6m" });
      await compact({ age: "2m", commits: 5 });
      await compact({ commits: 0 });
      expect(floors).toEqual([0, 2, 2, 4, 5, 10]);
      expect(positions).toEqual([1, 3, 3, 5, 6, undefined]);
      expect(await mesh.stats()).toMatchObject({ revision: 10, floor: 10, items: 1 });
      expect((await ann.push("it", 11)).revision).toBe(11);
      expect((await system.history("it")).map(({ value }) => value)).toEqual([11]);
    });

    it("keeps items, events and leases when compacted", async ({ mesh, ann }) => {
      await ann.subscribe(["a"]);
      await ann.push("it", 1, { topics: ["a"] });
      await ann.publish("happened", 1, { topics: ["a"] });
      const lease = await ann.claim({ topic: "a" });
      await mesh.compact({ log: { commits: 0 } });
      expect([await ann.subscriptions(), await ann.keys()]).toEqual([["a"], ["it"]]);
      expect((await ann.events()).events.map(({ type }) => type)).toEqual(["happened"]);
      await lease?.complete("done");
      expect(await ann.get("it")).toBe("done");
    });

    it("does not create a tenant when compacted", async ({ mesh, tenantId }) => {
      expect(await mesh.compact({ log: { commits: 0 } })).toEqual({ floor: 0, removed: 0 });
      const { tenantIds } = await world.storage.listTenants({ limit: 1_000 });
      expect(tenantIds).not.toContain(tenantId);
    });
  },
});
