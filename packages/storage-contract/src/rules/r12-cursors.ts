import { expect } from "vitest";
import type { AgentContext, ContextMesh, Cursor, WatchOptions } from "@syntha/core";
import { Feed, formatChange, pushes, rejects, rule, times, type World } from "../harness/index.ts";

const READERS = ["Ann", "Bea", "Cid", "system"] as const;

function agentNamed(mesh: ContextMesh, name: string): AgentContext {
  return name === "system" ? mesh.system : mesh.agent(name);
}

/** Writes of every kind, with items entering and leaving views. */
async function writeLongRun(world: World, mesh: ContextMesh): Promise<void> {
  const [ann, bea, cid] = [mesh.agent("Ann"), mesh.agent("Bea"), mesh.agent("Cid")];
  await bea.subscribe(["a"]);
  for (let n = 0; n < 6; n++) await ann.push(`a${n}`, n, { topics: ["a"] });
  await ann.pushMany(times(9, (n) => ({ key: `b${n}`, value: n, topics: n % 2 ? ["b"] : ["a"] })));
  await ann.publish("started", 1, { topics: ["a"] });
  await cid.subscribe(["a", "b"]);
  await bea.subscribe(["b"]);
  await ann.push("b1", 10);
  await ann.push("a1", 11, { subscribers: ["Cid"] });
  await ann.push("a2", 12, { topics: ["b"] });
  await cid.unsubscribe(["a"]);
  await ann.delete("a3");
  await ann.push("expiring", 1, { topics: ["a"], ttl: "1m" });
  await ann.push("expired", 1, { topics: ["a"], ttl: "1s" });
  world.clock.advance("1s");
  await mesh.sweep();
  await bea.unsubscribe(["a"]);
  await ann.publish("half", 2, { topics: ["b"], subscribers: ["Bea"] });
  await bea.subscribe(["a", "c"]);
  const lease = await cid.claim({ topic: "b" });
  await lease?.complete("done", {
    topics: ["a", "b"],
    events: [
      { type: "done", data: 1, topics: ["b"] },
      { type: "done", data: 2, global: true },
    ],
  });
  await mesh.setPermissions("Cid", { subscribe: ["c"] });
  await ann.push("c", 1, { topics: ["c", "b"] });
  await mesh.deleteTopic("b");
  await mesh.setPermissions("Cid", null);
  await cid.subscribe(["a", "b"]);
  await ann.push("a4", 40, { global: true });
  await ann.push("a3", "back", { topics: ["b"] });
  await ann.publish("ended", 3, { global: true });
}

/** Changes up to the item `end`. */
async function readToEnd(agent: AgentContext, options: WatchOptions): Promise<Feed> {
  const feed = new Feed(agent.watch(options));
  await feed.takeUntil((change) => change.type === "put" && change.item.key === "end");
  await feed.watch.return();
  return feed;
}

export const cursors = rule(
  "R12 Cursors",
  {
    core(world, it) {
      it("reject when their text is altered", async ({ ann }) => {
        await ann.push("it", 1, { global: true });
        const { cursor } = await ann.events();
        const kept = JSON.parse(JSON.stringify({ cursor })) as { cursor: Cursor };
        expect((await ann.events({ since: kept.cursor })).events).toEqual([]);
        const [version, epoch, ...rest] = cursor.split(".");
        const changed = [version, `${epoch}0`, ...rest].join(".");
        await rejects(new Feed(ann.watch({ since: changed })).next(), "INVALID_CURSOR");
      });
    },
    storage(world, it) {
      it.each(READERS)("resume %s from every change of a long run", async (name) => {
        const { mesh, system } = world.team();
        const { cursor: start } = await system.events();
        const live = new Feed(agentNamed(mesh, name).watch());
        await writeLongRun(world, mesh);
        await system.push("end", 1, { global: true });
        await live.takeUntil((change) => change.type === "put" && change.item.key === "end");
        const whole = await readToEnd(agentNamed(mesh, name), { since: start });
        const lines = whole.received.map(formatChange);
        expect(lines.length).toBeGreaterThan(10);
        for (const [at, { cursor }] of whole.received.slice(0, -1).entries()) {
          const rest = await readToEnd(agentNamed(mesh, name), { since: cursor });
          expect([at, ...rest.received.map(formatChange)]).toEqual([at, ...lines.slice(at + 1)]);
          expect(rest.received.map((change) => change.cursor)).toEqual(
            whole.received.slice(at + 1).map((change) => change.cursor),
          );
        }
        // Live cursors point into the same log, but items that are no longer visible are omitted.
        let left = lines.length + 1;
        for (const { cursor } of live.received.slice(0, -1)) {
          const rest = (await readToEnd(agentNamed(mesh, name), { since: cursor })).received.map(
            formatChange,
          );
          expect(rest).toEqual(lines.slice(lines.length - rest.length));
          expect(rest.length).toBeLessThanOrEqual(left);
          left = rest.length;
        }
      });

      it("resume a live watch with the same changes", async ({ ann, bea, system }) => {
        await bea.subscribe(["a"]);
        const live = new Feed(bea.watch());
        for (let n = 0; n < 10; n++) {
          await ann.pushMany([
            { key: `one ${n}`, value: n, topics: ["a"] },
            { key: `hidden ${n}`, value: n, topics: ["b"] },
            { key: `two ${n}`, value: n, topics: ["a"] },
          ]);
          await ann.publish("happened", n, { topics: ["a"] });
        }
        await system.push("end", 1, { global: true });
        await live.takeUntil((change) => change.type === "put" && change.item.key === "end");
        for (const [at, { cursor }] of live.received.slice(0, -1).entries()) {
          const rest = await readToEnd(bea, { since: cursor });
          expect(rest.received).toEqual(live.received.slice(at + 1));
        }
      });

      it.for([1, 5, 49])("resume the initial listing from change %i", async (at, { ann, bea }) => {
        const keys = times(50, (n) => `item ${n + 10}`);
        await ann.pushMany(keys.map((key) => ({ key, value: 1, global: true })));
        const feed = new Feed(bea.watch({ initial: true }));
        const { cursor } = (await feed.take(at)).at(-1)!;
        await feed.watch.return();
        await ann.push("item 10", "new");
        await ann.push("end", 1, { global: true });
        const rest = await readToEnd(bea, { since: cursor });
        expect(rest.received.map(formatChange)).toEqual([
          ...keys.slice(at).map((key) => `put ${key}=1`),
          "ready",
          'put item 10="new"',
          "put end=1",
        ]);
      });

      it("resume within a change of subscriptions", async ({ mesh, ann, bea }) => {
        const keys = times(12, (n) => `item ${n + 10}`);
        await ann.pushMany(keys.map((key) => ({ key, value: 1, topics: ["a"] })));
        const { cursor: start } = await bea.events();
        await bea.subscribe(["a"]);
        const coming = new Feed(bea.watch({ since: start }));
        const halfway = (await coming.take(6)).at(-1)!.cursor;
        const rest = new Feed(bea.watch({ since: halfway }));
        expect(await rest.lines(6)).toEqual(keys.slice(6).map((key) => `put ${key}=1`));
        await bea.unsubscribe(["a"]);
        const going = await rest.take(12);
        expect(going.map(formatChange)).toEqual(keys.map((key) => `hide ${key}`));
        const resumed = new Feed(bea.watch({ since: going[4]!.cursor }));
        expect(await resumed.drain(mesh)).toEqual(keys.slice(5).map((key) => `hide ${key}`));
      });

      it("resume within a commit", async ({ ann, bea, system }) => {
        const keys = times(300, (n) => `item ${n + 100}`);
        const feed = new Feed(bea.watch());
        await ann.pushMany(keys.map((key) => ({ key, value: 1, global: true })));
        await system.push("end", 1, { global: true });
        const taken = await feed.take(300);
        for (const at of [0, 1, 99, 254, 255, 256, 298, 299]) {
          const rest = await readToEnd(bea, { since: taken[at]!.cursor });
          expect(rest.received.length).toBe(300 - at);
        }
      });

      it("resume after a mesh is closed", async () => {
        const one = world.mesh();
        const { tenantId } = one;
        const feed = new Feed(one.agent("Bea").watch({ initial: true }));
        await feed.take(1);
        await one.agent("Ann").push("it", 1, { global: true });
        const { cursor } = await feed.next();
        await one.agent("Ann").push("missed", 2, { global: true });
        await one.close();
        const other = world.mesh({ tenantId });
        const resumed = new Feed(other.agent("Bea").watch({ since: cursor }));
        await other.agent("Ann").push("live", 3, { global: true });
        expect(await resumed.lines(2)).toEqual(["put missed=2", "put live=3"]);
      });

      it("omit items and events an agent may no longer see", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["a"]);
        const { cursor } = await bea.events();
        await ann.push("it", "secret", { topics: ["a"] });
        await ann.publish("happened", "secret", { topics: ["a"] });
        await ann.push("rerouted", "secret", { topics: ["a"] });
        await ann.push("rerouted", "more secret", { subscribers: ["Cid"] });
        await bea.unsubscribe(["a"]);
        const feed = new Feed(bea.watch({ since: cursor }));
        await feed.drain(mesh);
        expect(JSON.stringify(feed.received)).not.toContain("secret");
      });

      it("omit values that were routed to others meanwhile", async ({ mesh, ann, bea }) => {
        await bea.subscribe(["a"]);
        const { cursor } = await bea.events();
        await ann.push("rerouted", "secret", { topics: ["a"] });
        await ann.push("rerouted", "more secret", { subscribers: ["Cid"] });
        await ann.push("returned", "old", { topics: ["a"] });
        await ann.push("returned", "secret", { subscribers: ["Cid"] });
        await ann.push("returned", "new", { topics: ["a"] });
        await ann.push("deleted", "open", { topics: ["a"] });
        await ann.delete("deleted");
        await ann.push("gone", "for Bea", { subscribers: ["Bea"] });
        await ann.push("gone", "for Cid", { subscribers: ["Cid"] });
        await ann.delete("gone");
        const feed = new Feed(bea.watch({ since: cursor }));
        expect(await feed.drain(mesh)).toEqual([
          "hide rerouted",
          'put returned="old"',
          "hide returned",
          'put returned="new"',
          'put deleted="open"',
          "delete deleted",
          "hide gone",
        ]);
      });

      it("reject before the floor and resume at it", async ({ mesh, ann }) => {
        const { cursor: start } = await ann.events();
        const feed = new Feed(ann.watch());
        await ann.pushMany(pushes({ a: 1, b: 1 }, { global: true }));
        await ann.push("c", 1, { global: true });
        await ann.push("end", 1, { global: true });
        const [inside, edge] = (await feed.take(3)).map(({ cursor }) => cursor);
        await mesh.compact({ log: { commits: 2 } });
        for (const lost of [start, inside]) {
          const since = new Feed(ann.watch({ since: lost }));
          await rejects(since.next(), "CURSOR_COMPACTED", { floor: 1 });
        }
        const rest = await readToEnd(ann, { since: edge });
        expect(rest.received.map(formatChange)).toEqual(["put c=1", "put end=1"]);
        const initial = await readToEnd(ann, { initial: true });
        expect(initial.received.map(formatChange)).toEqual([
          "put a=1",
          "put b=1",
          "put c=1",
          "put end=1",
        ]);
      });

      it("resume with past subscriptions after compaction", async ({ mesh, ann, bea }) => {
        await ann.push("was there", 1, { topics: ["a"] });
        await bea.subscribe(["a", "b"]);
        await bea.unsubscribe(["b"]);
        const { cursor } = await bea.events();
        await ann.push("came", 1, { topics: ["a"] });
        await ann.push("unsubscribed", 1, { topics: ["b"] });
        await ann.delete("was there");
        await bea.unsubscribe(["a"]);
        await mesh.compact({ log: { commits: 4 } });
        const feed = new Feed(bea.watch({ since: cursor }));
        expect(await feed.drain(mesh)).toEqual(["delete was there", "hide came"]);
      });

      it("reject in another tenant or storage", async ({ mesh, ann }) => {
        await ann.push("it", 1, { global: true });
        const { cursor } = await ann.events();
        const others = [
          world.mesh(),
          world.mesh({ tenantId: mesh.tenantId }, await world.separateStorage()),
        ];
        for (const other of others) {
          await other.agent("Ann").push("it", 1, { global: true });
          await rejects(
            new Feed(other.agent("Ann").watch({ since: cursor })).next(),
            "INVALID_CURSOR",
          );
          await rejects(other.agent("Ann").events({ since: cursor }), "INVALID_CURSOR");
        }
        expect((await ann.events({ since: cursor })).events).toEqual([]);
        const empty = world.mesh().agent("Ann");
        await rejects(new Feed(empty.watch({ since: cursor })).next(), "INVALID_CURSOR");
        expect((await empty.events()).events).toEqual([]);
      });

      it("reject past the head or in an undone history", async ({ ann, tenantId }) => {
        const { storage } = world;
        await ann.push("it", 1, { global: true });
        await ann.push("it", 2);
        const { end } = await storage.log(tenantId, { after: "end", limit: 1 });
        const ahead = { ...end, position: end.position + 1 };
        const undone = { ...end, commitId: end.commitId === 1 ? 2 : 1 };
        const undoneEarlier = { ...undone, position: 1 };
        const foreign = { ...end, epoch: "another" };
        for (const after of [ahead, undone, undoneEarlier, foreign]) {
          await rejects(storage.log(tenantId, { after: after, limit: 1 }), "INVALID_CURSOR");
          const query = { actor: null, after: after, limit: 1 };
          await rejects(storage.events(tenantId, query), "INVALID_CURSOR");
        }
        expect((await storage.log(tenantId, { after: end, limit: 1 })).isHead).toBe(true);
      });

      it("reject after their tenant was dropped", async () => {
        const registry = world.registry();
        const tenantId = world.newTenantId();
        const { ann } = world.team({ tenantId });
        await ann.push("it", 1, { global: true });
        const feed = new Feed(ann.watch());
        await ann.push("it", 2);
        const { cursor } = await feed.next();
        await registry.drop(tenantId);
        await rejects(feed.next(), "INVALID_CURSOR");
        await rejects(new Feed(ann.watch({ since: cursor })).next(), "INVALID_CURSOR");
        for (let n = 0; n < 3; n++) await ann.push("it", n, { global: true });
        await rejects(new Feed(ann.watch({ since: cursor })).next(), "INVALID_CURSOR");
        await rejects(ann.events({ since: cursor }), "INVALID_CURSOR");
        expect(await ann.get("it")).toBe(2);
      });
    },
  },
  ["pastSubscriptions"],
);
