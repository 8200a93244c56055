import { expect, it } from "vitest";
import { compareTenants, copyTenant, type Cursor, SynthaError } from "@syntha/core";
import {
  decide,
  type LoadRequest,
  type FullStorage,
  type Storage,
  systemPause,
  type TenantRecord,
} from "@syntha/core/storage";
import { tenantSnapshot } from "../harness/tenant-snapshot.ts";
import { interceptMaintenance } from "../harness/maintenance-interceptor.ts";
import { Feed } from "../harness/feed.ts";
import { dumpTenant } from "../harness/tenant-dump.ts";
import { rejects } from "../harness/rejects.ts";
import { rule } from "../harness/rule.ts";
import type { World } from "../harness/world.ts";
import { times } from "../harness/times.ts";

const AGENTS = ["Ann", "Bea", "Cy"];

/** A tenant with records of every kind. */
async function seedTenant(
  world: World,
  tenantId: string,
): Promise<{ readonly token: string; readonly cursor: Cursor; readonly early: Cursor }> {
  const mesh = world.mesh({ tenantId });
  const [ann, bea, cy] = [mesh.agent("Ann"), mesh.agent("Bea"), mesh.agent("Cy")] as const;
  await bea.subscribe(["t", "u", "deleted"]);
  await cy.subscribe(["t"]);
  const { cursor: early } = await bea.events();
  await ann.push("first", "compacted away", { global: true });
  await ann.push("swept", "must not be dumped", { topics: ["t"], ttl: "1s" });
  await ann.publish("made", { n: 1 }, { topics: ["t", "deleted"], id: "e1" });
  await ann.publish("sent", "\0", { subscribers: ["Bea"], id: "e2" });
  world.clock.advance("2s");
  await mesh.sweep();
  await world.storage.compact({
    tenantId,
    log: { commits: 2 },
    history: { commits: 6 },
    events: { count: 1 },
    limit: 1_000,
  });
  await mesh.deleteTopic("deleted");
  await cy.unsubscribe(["t"]);
  await cy.subscribe(["t", "u"]);
  await mesh.setPermissions("Ann", { post: ["t", "u"], direct: true, global: true });
  await mesh.setPermissions("Dov", { post: [] });
  await ann.push("expired", 1, { global: true, ttl: "1s" });
  world.clock.advance("2s");
  await ann.push("held", 1, { topics: ["t"] });
  await ann.push("done", 1, { topics: ["u"], subscribers: ["Cy"] });
  await ann.push("failed", 1, { topics: ["u"] });
  await ann.push("waits", [1, { b: 2, a: null }], { topics: ["t"], ttl: "1h" });
  await ann.push("\u{1F600}", "\uD800", { topics: ["t"] });
  await ann.delete("first");
  await (await cy.claim({ key: "done" }))?.complete({ ok: true });
  await (await cy.claim({ key: "failed" }))?.release({ maxAttempts: 1 });
  await (await bea.claim({ key: "waits" }))?.release({ retryIn: "10m" });
  const lease = await bea.claim({ key: "held" }, { lease: "1h" });
  const { cursor } = await bea.events();
  return { token: lease!.token, cursor, early };
}

/** An empty, open storage, closed when the case ends. */
async function emptyStorage(world: World): Promise<FullStorage> {
  const storage = await world.separateStorage();
  await world.mesh({ tenantId: "keeper" }, storage).stats();
  return storage;
}

/** A seeded tenant, an empty storage to copy it to, and the request of that copy. */
async function seedScene(world: World) {
  const tenantId = world.newTenantId();
  const seed = await seedTenant(world, tenantId);
  const storage = await emptyStorage(world);
  const copy = { from: world.storage, to: storage, tenantId };
  return { ...world.team({ tenantId }), ...seed, storage, copy };
}

const compare = (left: Storage, right: Storage, tenantId: string): Promise<unknown> =>
  compareTenants({ left, right, tenantId });

/** The pages that load a tenant into an empty storage. */
async function loadPages(
  storage: FullStorage,
  tenantId: string,
  size: number,
): Promise<LoadRequest[]> {
  const { header, records } = await dumpTenant(storage, tenantId);
  if (header === null) throw new Error(`There is no tenant ${tenantId}.`);
  const pages: TenantRecord[][] = [];
  for (let at = 0; at < records.length; at += size) pages.push(records.slice(at, at + size));
  return pages.map((page, i) => ({
    tenantId,
    header,
    records: page,
    after: i === 0 ? null : `page ${i}`,
    progress: i === pages.length - 1 ? null : `page ${i + 1}`,
  }));
}

/** What each method returns about a tenant. */
async function readTenant(storage: Storage, tenant: string): Promise<unknown> {
  const keys = ["held", "first", "waits"];
  return [
    await tenantSnapshot(storage, tenant, AGENTS),
    await storage.get(tenant, "Bea", keys),
    await storage.get(tenant, null, keys.slice(1, 2)),
    await storage.agents(tenant, { topic: "t", limit: 10 }),
    await storage.log(tenant, { after: "start", key: "held", limit: 10 }),
    await storage.log(tenant, { after: "end", limit: 10 }),
  ];
}

export const copying = rule(
  "R15 Copying a tenant",
  {
    core(world) {
      it("rejects a missing source or an existing target", async () => {
        const [tenantId, other] = [world.newTenantId(), world.newTenantId()];
        await seedTenant(world, tenantId);
        const storage = await emptyStorage(world);
        const copy = { from: world.storage, to: storage, tenantId };
        await rejects(copyTenant({ ...copy, tenantId: other }), "NOT_FOUND");
        await rejects(
          compareTenants({ left: world.storage, right: storage, tenantId }),
          "NOT_FOUND",
        );
        await rejects(copyTenant({ ...copy, tenantId: "" }), "INVALID_TENANT");
        await rejects(copyTenant({ ...copy, targetTenantId: "" }), "INVALID_TENANT");
        await rejects(copyTenant({ ...copy, batch: 0 }), "INVALID_ARGUMENTS");
        await rejects(copyTenant({ ...copy, signal: AbortSignal.abort() }), "ABORTED");
        await copyTenant(copy);
        const before = await dumpTenant(storage, tenantId);
        await rejects(copyTenant(copy), "TENANT_EXISTS");
        expect(await dumpTenant(storage, tenantId)).toEqual(before);
      });

      it("resumes an interrupted copy from any page", async () => {
        const tenantId = world.newTenantId();
        await seedTenant(world, tenantId);
        const ann = world.mesh({ tenantId }).agent("Ann");
        const storage = await emptyStorage(world);
        let [calls, cuts] = [0, 0];
        const cutting = (to: FullStorage): Storage =>
          interceptMaintenance(to, async (task, run) => {
            if (task.type !== "load" || ++calls % 3 !== 0) return run();
            // Fails before the page is written, or after it.
            if (cuts++ % 2 === 0) await run();
            throw new SynthaError("UNAVAILABLE", "Cut off.");
          });
        const copy = { from: world.storage, to: cutting(storage), tenantId, batch: 3 };
        const codes = new Set<string>();
        for (let code = ""; code !== "done" && code !== "TENANT_EXISTS";) {
          code = await copyTenant(copy).then(
            ({ restarts }) => (restarts === 0 ? "done" : "restarted"),
            (error: unknown) => (error instanceof SynthaError ? error.code : String(error)),
          );
          codes.add(code);
          if (code === "UNAVAILABLE" && cuts % 4 === 2)
            await ann.push("meanwhile", cuts, { topics: ["t"] });
        }
        expect([...codes]).toEqual(["UNAVAILABLE", expect.stringMatching("done|TENANT_EXISTS")]);
        expect(cuts).toBeGreaterThan(5);
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("aborts until the last page is written", async () => {
        const { tenantId, storage } = await seedScene(world);
        const stop = new AbortController();
        const to = interceptMaintenance(storage, async (task, run) => {
          const answer = await run();
          if (task.type === "load" && task.progress === null) stop.abort();
          return answer;
        });
        const early = AbortSignal.abort();
        await rejects(copyTenant({ from: world.storage, to, tenantId, signal: early }), "ABORTED");
        const { signal } = stop;
        const { head } = await copyTenant({ from: world.storage, to, tenantId, signal });
        expect(await storage.stats(tenantId)).toMatchObject({ head });
      });

      it("continues after a page with an unknown outcome", async () => {
        const { tenantId, storage } = await seedScene(world);
        let calls = 0;
        const to = interceptMaintenance(storage, async (task, run) => {
          if (task.type !== "load") return run();
          if (++calls % 3 === 1) await run();
          if (calls % 3 !== 0) throw new SynthaError("UNKNOWN_OUTCOME", "The connection was lost.");
          return run();
        });
        await copyTenant({ from: world.storage, to, tenantId, batch: 10 });
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("restarts when the source's log is compacted", async () => {
        const { tenantId, storage } = await seedScene(world);
        const { mesh, ann } = world.team({ tenantId });
        let pages = 0;
        const from = interceptMaintenance(world.storage, async (task, run) => {
          if (task.type === "dump" && (++pages === 7 || pages === 20)) {
            await ann.push("more", pages, { topics: ["t"] });
            await ann.delete("more");
            await mesh.compact({ log: { commits: 1 } });
          }
          return run();
        });
        const copy = await copyTenant({ from, to: storage, tenantId, batch: 2 });
        expect(copy.restarts).toBe(2);
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("rejects agents with the reserved name", async () => {
        const storage = await emptyStorage(world);
        const tenantId = world.newTenantId();
        const route = { topics: [], subscribers: ["System"], global: false };
        // As written by a program that does not reserve the name.
        const put = { type: "put", key: "plan", value: "1", route, routeIfNew: undefined } as const;
        const op = { ...put, expiry: undefined, ifRevision: undefined };
        await world.storage.commit(tenantId, [{ actor: "Ann", ops: [op] }], decide);
        const copy = { from: world.storage, to: storage, tenantId };
        const error = await rejects(copyTenant(copy), "INVALID_ARGUMENTS");
        expect(error.message).toBe('The item "plan" names an agent "System", which is reserved.');
        expect((await storage.stats(tenantId)).items).toBe(0);
      });

      it("rejects when compaction outpaces the copy", async () => {
        const { tenantId, storage } = await seedScene(world);
        const { mesh, system } = world.team({ tenantId });
        const from = interceptMaintenance(world.storage, async (task, run) => {
          if (task.type === "dump") {
            await system.push("more", 1, { topics: ["t"] });
            await mesh.compact({ log: { commits: 0 } });
          }
          return run();
        });
        const copy = { from, to: storage, tenantId, batch: 2 };
        expect((await rejects(copyTenant(copy), "UNAVAILABLE")).hint).toMatch(/compactEvery/);
        expect((await storage.stats(tenantId)).epoch).toBe("");
      });

      it("rejects and hides a copy that differs", async () => {
        const { tenantId, storage } = await seedScene(world);
        const to = interceptMaintenance(storage, async (task, run) => {
          if (task.type !== "load") return run();
          const records = task.records.map((record): TenantRecord =>
            record.type === "item" && record.key === "held" && record.row !== null
              ? { ...record, row: { ...record.row, author: "Eve" } }
              : record,
          );
          return storage.load({ ...task, records });
        });
        const error = await rejects(
          copyTenant({ from: world.storage, to, tenantId }),
          "STORAGE_MISMATCH",
        );
        expect(error.details).toEqual({
          differences: [{ record: 'item "held"', field: "row.author" }],
        });
        expect(await storage.stats(tenantId)).toMatchObject({ epoch: "", head: 0 });
      });

      it("detects a wrong entry of a key written meanwhile", async () => {
        const tenantId = world.newTenantId();
        await seedTenant(world, tenantId);
        const bea = world.mesh({ tenantId }).agent("Bea");
        const storage = await emptyStorage(world);
        let hasCaughtUp = false;
        const from = interceptMaintenance(world.storage, async (task, run) => {
          if (task.type !== "dump") return run();
          if (hasCaughtUp && task.section === "agents") await bea.push("waits", "meanwhile");
          hasCaughtUp ||= task.section === "changes";
          return run();
        });
        const to = interceptMaintenance(storage, async (task, run) => {
          if (task.type !== "load") return run();
          const records = task.records.map((record): TenantRecord =>
            record.type === "entry" && "key" in record.change && record.change.key === "waits"
              ? { ...record, actor: "Eve" }
              : record,
          );
          return storage.load({ ...task, records });
        });
        const { details } = await rejects(copyTenant({ from, to, tenantId }), "STORAGE_MISMATCH");
        expect(details).toMatchObject({
          differences: expect.arrayContaining([
            { record: expect.stringMatching(/^log entry/), field: "actor" },
          ]),
        });
      });

      it("reports progress", async () => {
        const { tenantId, storage } = await seedScene(world);
        const parts: Record<string, [done: number, of: number | undefined]> = {};
        await copyTenant({
          from: world.storage,
          to: storage,
          tenantId,
          batch: 2,
          onProgress: ({ section, done, total }) => {
            expect(done).toBeGreaterThanOrEqual(parts[section]?.[0] ?? 0);
            parts[section] = [done, total];
          },
        });
        expect(parts).toMatchObject({ items: [6, 6], events: [1, 1] });
        expect(parts.log?.[0]).toBe(parts.log?.[1]);
        expect(parts.verifying?.[0]).toBeGreaterThan(20);
      });
    },
    storage(world) {
      it("dumps nothing of a missing tenant", async () => {
        const none = { header: null, loading: null, records: [], isLast: true };
        const range = { tenantId: world.newTenantId(), limit: 10 };
        for (const section of ["agents", "pastSubscriptions", "items", "events", "log"] as const)
          expect(await world.storage.dump({ ...range, section })).toEqual(none);
      });

      it("hides a tenant until it is fully loaded", async () => {
        const [tenantId, never] = [world.newTenantId(), world.newTenantId()];
        await seedTenant(world, tenantId);
        const storage = await emptyStorage(world);
        const pages = await loadPages(world.storage, tenantId, 4);
        const last = pages.pop() as LoadRequest;
        const nothing = await readTenant(storage, never);
        let rings = 0;
        storage.onCommit(tenantId, () => rings++);
        for (const page of pages) {
          expect(await storage.load(page)).toEqual({ loading: page.progress });
          expect(await readTenant(storage, tenantId)).toEqual(nothing);
        }
        const { tenantIds } = await storage.listTenants({ limit: 10 });
        expect(tenantIds).not.toContain(tenantId);
        const { mesh, ann } = world.team({ tenantId }, storage);
        await rejects(ann.push("it", 1, { global: true }), "UNAVAILABLE");
        await rejects(ann.subscribe(["t"]), "UNAVAILABLE");
        await rejects(copyTenant({ from: storage, to: world.storage, tenantId }), "UNAVAILABLE");
        expect(await mesh.compact({ log: { commits: 0 } })).toMatchObject({ floor: 0 });
        const dump = { tenantId, limit: 1, section: "agents" } as const;
        expect(await storage.dump(dump)).toMatchObject({ loading: last.after });
        const before = rings;
        expect(await storage.load(last)).toEqual({ loading: null });
        expect(rings).toBeGreaterThan(before);
        expect(await storage.dump(dump)).toMatchObject({ loading: null });
        expect((await storage.listTenants({ limit: 10 })).tenantIds).toContain(tenantId);
        await ann.push("it", 1, { global: true });
      });

      it("accepts a repeated page, rejects one out of order", async () => {
        const tenant = world.newTenantId();
        await seedTenant(world, tenant);
        const storage = await emptyStorage(world);
        const pages = await loadPages(world.storage, tenant, 7);
        await rejects(storage.load(pages[1] as LoadRequest), "NOT_FOUND");
        for (const page of pages.slice(0, -1)) {
          await storage.load(page);
          const before = await dumpTenant(storage, tenant);
          expect(await storage.load(page)).toEqual({ loading: page.progress });
          expect(await dumpTenant(storage, tenant)).toEqual(before);
          if (page !== pages[0])
            await rejects(storage.load(pages[0] as LoadRequest), "UNAVAILABLE");
        }
        const last = pages.at(-1) as LoadRequest;
        const header = { ...last.header, epoch: "another" };
        await rejects(storage.load({ ...last, header }), "TENANT_EXISTS");
        await storage.load(last);
        await rejects(storage.load(last), "TENANT_EXISTS");
        expect(await dumpTenant(storage, tenant)).toEqual(await dumpTenant(world.storage, tenant));
      });

      it("restarts a load from scratch on request", async () => {
        const [tenant, other] = [world.newTenantId(), world.newTenantId()];
        await seedTenant(world, tenant);
        const storage = await emptyStorage(world);
        const [first, second] = await loadPages(world.storage, tenant, 30);
        await storage.load({ ...(first as LoadRequest), progress: "page 1" });
        await world.mesh({ tenantId: other }).agent("Ann").push("alone", 1, { global: true });
        const [page] = await loadPages(world.storage, other, 1_000);
        const header = {
          ...(page as LoadRequest).header,
          epoch: (second as LoadRequest).header.epoch,
        };
        await storage.load({
          ...(page as LoadRequest),
          tenantId: tenant,
          header,
          after: "page 1",
          restart: true,
        });
        const { records } = await dumpTenant(storage, tenant);
        expect(records).toEqual((await dumpTenant(world.storage, other)).records);
        expect(await storage.stats(tenant)).toMatchObject({
          items: 1,
          events: 0,
          agents: 0,
          logEntries: 1,
        });
      });

      it("drops a partial load", async () => {
        const [tenantId, never] = [world.newTenantId(), world.newTenantId()];
        await seedTenant(world, tenantId);
        const storage = await emptyStorage(world);
        const pages = await loadPages(world.storage, tenantId, 10);
        for (const page of pages.slice(0, -1)) await storage.load(page);
        const drop = { tenantId };
        expect(await storage.dropTenant(drop)).toEqual({ existed: true });
        expect(await storage.dropTenant(drop)).toEqual({ existed: false });
        expect(await dumpTenant(storage, tenantId)).toEqual(await dumpTenant(storage, never));
        await rejects(storage.load(pages.at(-1) as LoadRequest), "NOT_FOUND");
        await world.mesh({ tenantId }, storage).agent("Ann").push("it", 1, { global: true });
        expect(await storage.stats(tenantId)).toMatchObject({
          head: 1,
          items: 1,
          agents: 0,
          events: 0,
        });
      });

      it("copies leases, cursors and expired items", async () => {
        const tenantId = world.newTenantId();
        const { token, cursor, early } = await seedTenant(world, tenantId);
        const storage = await emptyStorage(world);
        const copy = await copyTenant({ from: world.storage, to: storage, tenantId });
        expect(copy).toMatchObject({ items: 6, events: 1, subscriptions: 4, permissions: 2 });
        expect(copy).toMatchObject({ rounds: 0, restarts: 0, resumed: false, verified: true });
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
        const [source, mesh] = [world.mesh({ tenantId }), world.mesh({ tenantId }, storage)];
        const bea = mesh.agent("Bea");
        await rejects(new Feed(bea.watch({ since: early })).next(), "CURSOR_COMPACTED");
        const feed = new Feed(bea.watch({ since: cursor }));
        await bea.lease("held", token).complete("by the copy", { topics: ["t"] });
        await mesh.agent("Cy").push("after", 1, { topics: ["t"] });
        expect(await feed.lines(2)).toEqual(['put held="by the copy"', "put after=1"]);
        expect((await bea.getItem("held"))?.state).toBe("done");
        expect((await source.agent("Bea").getItem("held"))?.state).toBe("claimed");
        await mesh.sweep();
        expect((await mesh.stats()).expired).toBe(0);
        expect((await source.stats()).expired).toBe(1);
      });

      it("rejects a cursor from after the copy diverged", async () => {
        const { tenantId, storage, ann, copy } = await seedScene(world);
        await copyTenant(copy);
        const copied = world.mesh({ tenantId }, storage).agent("Ann");
        const { cursor: common } = await ann.events();
        await ann.publish("sent", 1, { global: true });
        await copied.publish("sent", 2, { global: true });
        const { cursor: diverged } = await ann.events();
        await rejects(new Feed(copied.watch({ since: diverged })).next(), "INVALID_CURSOR");
        const { events } = await copied.events({ since: common });
        expect(events.map(({ data }) => data)).toEqual([2]);
      });

      it("copies under another id within one storage", async () => {
        const [tenantId, targetTenantId] = [world.newTenantId(), world.newTenantId()];
        await seedTenant(world, tenantId);
        const { storage } = world;
        await copyTenant({ from: storage, to: storage, tenantId, targetTenantId });
        expect(
          await compareTenants({
            left: storage,
            right: storage,
            tenantId,
            rightTenantId: targetTenantId,
          }),
        ).toEqual({ equal: true });
        await world.mesh({ tenantId: targetTenantId }).system.delete("held");
        const { differences } = (await compareTenants({
          left: storage,
          right: storage,
          tenantId,
          rightTenantId: targetTenantId,
        })) as { differences: unknown };
        expect(differences).toEqual([
          { record: "tenant", field: "head" },
          { record: 'item "held"', only: "left" },
          { record: expect.stringMatching(/^log entry \d+\.0$/), only: "right" },
        ]);
      });

      it("rejects another source's unfinished copy", async () => {
        const [tenantId, other] = [world.newTenantId(), world.newTenantId()];
        await seedTenant(world, tenantId);
        await seedTenant(world, other);
        const storage = await emptyStorage(world);
        const [page] = await loadPages(world.storage, other, 5);
        await storage.load({ ...(page as LoadRequest), tenantId });
        const copy = { from: world.storage, to: storage, tenantId };
        const error = await rejects(copyTenant(copy), "TENANT_EXISTS");
        expect(error.hint).toMatch(/drop/);
        await storage.dropTenant({ tenantId });
        await copyTenant(copy);
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("rejects a source whose history was undone", async () => {
        const tenantId = world.newTenantId();
        await seedTenant(world, tenantId);
        const [restored, storage] = [await emptyStorage(world), await emptyStorage(world)];
        await copyTenant({ from: world.storage, to: restored, tenantId });
        await world.mesh({ tenantId }).agent("Ann").push("lost", 1, { global: true });
        await world.mesh({ tenantId }, restored).agent("Ann").push("new", 1, { global: true });
        const cut = new AbortController();
        const onProgress = (): void => cut.abort();
        const copy = { to: storage, tenantId };
        const { signal } = cut;
        await rejects(copyTenant({ ...copy, from: world.storage, onProgress, signal }), "ABORTED");
        await rejects(copyTenant({ ...copy, from: restored }), "TENANT_EXISTS");
        await copyTenant({ ...copy, from: world.storage });
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("runs one copy of a tenant at a time", async () => {
        const { tenantId, storage } = await seedScene(world);
        const copy = { from: world.storage, to: storage, tenantId, batch: 2 };
        const copies = await Promise.allSettled([
          copyTenant(copy),
          copyTenant(copy),
          copyTenant(copy),
        ]);
        expect(copies.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
        if (copies.every(({ status }) => status === "rejected")) await copyTenant(copy);
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("includes writes of every kind during the copy", async () => {
        const { tenantId, storage } = await seedScene(world);
        const { mesh, ann, bea } = world.team({ tenantId });
        const writes: (() => Promise<unknown>)[] = [
          () => ann.push("held", "again", { topics: ["t"] }),
          () => ann.publish("made", 3, { topics: ["t", "u"], id: "e3" }),
          () => ann.delete("waits"),
          () => mesh.deleteTopic("u"),
          () => bea.subscribe(["u"]),
          () => ann.publish("made", 4, { topics: ["u"], id: "e1" }),
          () => mesh.setPermissions("Dov", null),
          () => mesh.setPermissions("Bea", { subscribe: ["u"] }),
          () => bea.claim({ key: "\u{1F600}" }),
          () => ann.push("a", 1, { topics: ["t"] }),
          // Keeps the position at which the copy started.
          () =>
            world.storage.compact({
              tenantId,
              log: { commits: 20 },
              history: { commits: 24 },
              limit: 1_000,
            }),
        ];
        let head = 0;
        const from = interceptMaintenance(world.storage, async (task, run) => {
          if (task.type === "dump") await writes.shift()?.();
          return run();
        });
        const copy = await copyTenant({
          from,
          to: storage,
          tenantId,
          batch: 2,
          whenCaughtUp: async () => {
            await ann.push("last", 1, { topics: ["t"] });
            // All entries are copied by now: values and topics are removed from some of them.
            expect(await mesh.sweep()).toBe(1);
            await mesh.deleteTopic("t");
            ({ head } = await world.storage.stats(tenantId));
          },
        });
        expect(writes).toEqual([]);
        expect(copy).toMatchObject({ head, restarts: 0 });
        expect(copy.rounds).toBeGreaterThan(1);
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("distinguishes unsubscribing from topic deletion in one page", async () => {
        const tenantId = world.newTenantId();
        const mesh = world.mesh({ tenantId });
        const [ann, bea, cy] = [mesh.agent("Ann"), mesh.agent("Bea"), mesh.agent("Cy")];
        for (const agent of [ann, bea, cy]) await agent.subscribe(["t", "u"]);
        const storage = await emptyStorage(world);
        await copyTenant({
          from: world.storage,
          to: storage,
          tenantId,
          whenCaughtUp: async () => {
            await ann.unsubscribe(["t"]);
            await mesh.deleteTopic("t");
            await bea.subscribe(["t"]);
            await mesh.deleteTopic("t");
            await ann.subscribe(["t"]);
            await mesh.deleteTopic("u");
          },
        });
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
        expect(await storage.stats(tenantId)).toEqual(await world.storage.stats(tenantId));
      });

      it("ignores a topic deletion during verification", async () => {
        const tenantId = world.newTenantId();
        const { mesh, ann, bea } = world.team({ tenantId });
        await bea.subscribe(["t", "u"]);
        await ann.publish("made", 1, { topics: ["t", "u"] });
        const storage = await emptyStorage(world);
        const deletions = [() => mesh.deleteTopic("t")];
        const to = interceptMaintenance(storage, async (task, run) => {
          const isCompared = task.type === "dump" && task.section === "agents" && task.limit > 1;
          if (isCompared) await deletions.pop()?.();
          return run();
        });
        const copy = await copyTenant({ from: world.storage, to, tenantId });
        expect(copy).toMatchObject({ verified: true, head: 3 });
        expect(await compare(world.storage, storage, tenantId)).toEqual({ equal: true });
      });

      it("copies one position of a source with many writers", async () => {
        const { tenantId, storage, mesh } = await seedScene(world);
        let isOver = false;
        const write = async (name: string): Promise<void> => {
          for (let n = 0; !isOver; n++) {
            await systemPause(1);
            await mesh.agent(name).push(`${name} ${n % 50}`, n, { topics: ["t"] });
          }
        };
        await mesh.setPermissions("Ann", null);
        const writers = AGENTS.map(write);
        const copy = await copyTenant({ from: world.storage, to: storage, tenantId, batch: 20 });
        isOver = true;
        await Promise.all(writers);
        expect(await storage.stats(tenantId)).toMatchObject({ head: copy.head });
        const theirs = await dumpTenant(world.storage, tenantId);
        const mine = await dumpTenant(storage, tenantId);
        const upTo = ({ records }: typeof mine): TenantRecord[] =>
          records.filter((record) => record.type === "entry" && record.position <= copy.head);
        expect(upTo(mine)).toEqual(upTo(theirs));
      });

      it("decides like the source afterwards", async () => {
        const { tenantId, storage, copy } = await seedScene(world);
        await copyTenant(copy);
        world.clock.advance("30m");
        const claim = {
          type: "claim",
          from: { topic: "t" },
          leaseMs: 9,
          leaseId: 1,
          maxAttempts: 9,
        } as const;
        const commits = times(4, () => ({ actor: null, ops: [claim] }));
        const [theirs, mine] = [
          await world.storage.commit(tenantId, commits, decide),
          await storage.commit(tenantId, commits, decide),
        ];
        expect(mine).toEqual(theirs);
      });
    },
    wrapper(world) {
      it.each([1, 2, 3, 1_000])("dumps the same records in pages of %j", async (limit) => {
        const tenant = world.newTenantId();
        await seedTenant(world, tenant);
        const whole = await dumpTenant(world.storage, tenant);
        expect(await dumpTenant(world.storage, tenant, limit)).toEqual(whole);
        const types = new Set(whole.records.map(({ type }) => type));
        expect([...types]).toEqual(["agent", "pastSubscription", "item", "event", "entry"]);
        expect(whole.header).toMatchObject({ lastRemovedEvent: { position: 5, index: 0 } });
        expect(JSON.stringify(whole)).not.toMatch(/must not be dumped/);
      });

      it.each([1, 3, 1_000])("loads dumped records in pages of %j", async (size) => {
        const tenant = world.newTenantId();
        await seedTenant(world, tenant);
        const storage = await emptyStorage(world);
        for (const page of await loadPages(world.storage, tenant, size)) await storage.load(page);
        expect(await dumpTenant(storage, tenant)).toEqual(await dumpTenant(world.storage, tenant));
        expect(await readTenant(storage, tenant)).toEqual(await readTenant(world.storage, tenant));
      });
    },
  },
  ["dump", "compaction"],
);
