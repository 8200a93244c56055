import { expect } from "vitest";
import { compareTenants, copyTenant, type Cursor, SynthaError } from "@syntha/core";
import {
  decide,
  type LoadRequest,
  type FullStorage,
  type Storage,
  systemPause,
  type TenantRecord,
} from "@syntha/core/storage";
import {
  dumpTenant,
  expectEqualTenants,
  Feed,
  interceptMaintenance,
  rejects,
  rule,
  type TenantCall,
  tenantSnapshot,
  times,
  waitFor,
  type World,
} from "../harness/index.ts";

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

/** A seeded tenant, an empty storage to copy it to, the request of that copy, and a check of its result. */
async function seedScene(world: World) {
  const tenantId = world.newTenantId();
  const seed = await seedTenant(world, tenantId);
  const storage = await emptyStorage(world);
  const copy = { from: world.storage, to: storage, tenantId };
  const expectCopied = (): Promise<void> => expectEqualTenants(world.storage, storage, tenantId);
  return { ...world.team({ tenantId }), ...seed, storage, copy, expectCopied };
}

/** A storage whose calls of one type run through `act`. */
function on<T extends TenantCall["type"]>(
  type: T,
  storage: FullStorage,
  act: (task: TenantCall & { type: T }, run: () => Promise<unknown>) => Promise<unknown>,
): Storage {
  return interceptMaintenance(storage, (task, run) =>
    task.type === type ? act(task as TenantCall & { type: T }, run) : run(),
  );
}

/** A storage that loads changed records. */
const damaging = (storage: FullStorage, change: (record: TenantRecord) => TenantRecord): Storage =>
  on("load", storage, (task) => storage.load({ ...task, records: task.records.map(change) }));

/** The pages that load a tenant into an empty storage. */
async function loadPages(
  storage: FullStorage,
  tenantId: string,
  size: number,
): Promise<[LoadRequest, ...LoadRequest[]]> {
  const { header, records } = await dumpTenant(storage, tenantId);
  if (header === null) throw new Error(`There is no tenant ${tenantId}.`);
  const count = Math.ceil(records.length / size);
  const pages = times(count, (i): LoadRequest => ({
    tenantId,
    header,
    records: records.slice(i * size, (i + 1) * size),
    after: i === 0 ? null : `page ${i}`,
    progress: i === count - 1 ? null : `page ${i + 1}`,
  }));
  return pages as [LoadRequest, ...LoadRequest[]];
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
    core(world, it) {
      it("rejects a missing source or an existing target", async () => {
        const { tenantId, storage, copy } = await seedScene(world);
        const compared = compareTenants({ left: world.storage, right: storage, tenantId });
        await rejects(compared, "NOT_FOUND");
        for (const [options, code] of [
          [{ tenantId: world.newTenantId() }, "NOT_FOUND"],
          [{ tenantId: "" }, "INVALID_TENANT"],
          [{ targetTenantId: "" }, "INVALID_TENANT"],
          [{ batch: 0 }, "INVALID_ARGUMENTS"],
          [{ signal: AbortSignal.abort() }, "ABORTED"],
        ] as const)
          await rejects(copyTenant({ ...copy, ...options }), code);
        await copyTenant(copy);
        const before = await dumpTenant(storage, tenantId);
        await rejects(copyTenant(copy), "TENANT_EXISTS");
        expect(await dumpTenant(storage, tenantId)).toEqual(before);
      });

      it("resumes an interrupted copy from any page", async () => {
        const { storage, copy, expectCopied, ann } = await seedScene(world);
        let [calls, cuts] = [0, 0];
        const to = on("load", storage, async (_, run) => {
          if (++calls % 3 !== 0) return run();
          // Fails before the page is written, or after it.
          if (cuts++ % 2 === 0) await run();
          throw new SynthaError("UNAVAILABLE", "Cut off.");
        });
        const codes = new Set<string>();
        for (let code = ""; code !== "done" && code !== "TENANT_EXISTS";) {
          code = await copyTenant({ ...copy, to, batch: 3 }).then(
            ({ restarts }) => (restarts === 0 ? "done" : "restarted"),
            (error: unknown) => (error instanceof SynthaError ? error.code : String(error)),
          );
          codes.add(code);
          if (code === "UNAVAILABLE" && cuts % 4 === 2)
            await ann.push("meanwhile", cuts, { topics: ["t"] });
        }
        expect([...codes]).toEqual(["UNAVAILABLE", expect.stringMatching("done|TENANT_EXISTS")]);
        expect(cuts).toBeGreaterThan(5);
        await expectCopied();
      });

      it("aborts until the last page is written", async () => {
        const { tenantId, storage, copy } = await seedScene(world);
        const stop = new AbortController();
        const to = on("load", storage, async ({ progress }, run) => {
          const answer = await run();
          if (progress === null) stop.abort();
          return answer;
        });
        await rejects(copyTenant({ ...copy, to, signal: AbortSignal.abort() }), "ABORTED");
        const { head } = await copyTenant({ ...copy, to, signal: stop.signal });
        expect(await storage.stats(tenantId)).toMatchObject({ head });
      });

      it("continues after a page with an unknown outcome", async () => {
        const { storage, copy, expectCopied } = await seedScene(world);
        let calls = 0;
        const to = on("load", storage, async (_, run) => {
          if (++calls % 3 === 1) await run();
          if (calls % 3 !== 0) throw new SynthaError("UNKNOWN_OUTCOME", "The connection was lost.");
          return run();
        });
        await copyTenant({ ...copy, to, batch: 10 });
        await expectCopied();
      });

      it("restarts when the source's log is compacted", async () => {
        const { mesh, ann, copy, expectCopied } = await seedScene(world);
        let pages = 0;
        const from = on("dump", world.storage, async (_, run) => {
          if (++pages === 7 || pages === 20) {
            await ann.push("more", pages, { topics: ["t"] });
            await ann.delete("more");
            await mesh.compact({ log: { commits: 1 } });
          }
          return run();
        });
        expect(await copyTenant({ ...copy, from, batch: 2 })).toMatchObject({ restarts: 2 });
        await expectCopied();
      });

      it("rejects agents with the reserved name", async () => {
        const to = await emptyStorage(world);
        const tenantId = world.newTenantId();
        const route = { topics: [], subscribers: ["System"], global: false };
        // As written by a program that does not reserve the name.
        const put = { type: "put", key: "plan", value: "1", route, routeIfNew: undefined } as const;
        const op = { ...put, expiry: undefined, ifRevision: undefined };
        await world.storage.commit(tenantId, [{ actor: "Ann", ops: [op] }], decide);
        const copying = copyTenant({ from: world.storage, to, tenantId });
        const error = await rejects(copying, "INVALID_ARGUMENTS");
        expect(error.message).toBe('The item "plan" names an agent "System", which is reserved.');
        expect((await to.stats(tenantId)).items).toBe(0);
      });

      it("rejects when compaction outpaces the copy", async () => {
        const { tenantId, mesh, system, storage, copy } = await seedScene(world);
        const from = on("dump", world.storage, async (_, run) => {
          await system.push("more", 1, { topics: ["t"] });
          await mesh.compact({ log: { commits: 0 } });
          return run();
        });
        const error = await rejects(copyTenant({ ...copy, from, batch: 2 }), "UNAVAILABLE");
        expect(error.hint).toMatch(/compactEvery/);
        expect((await storage.stats(tenantId)).epoch).toBe("");
      });

      it("rejects and hides a copy that differs", async () => {
        const { tenantId, storage, copy } = await seedScene(world);
        const to = damaging(storage, (record) =>
          record.type === "item" && record.key === "held" && record.row !== null
            ? { ...record, row: { ...record.row, author: "Eve" } }
            : record,
        );
        await rejects(copyTenant({ ...copy, to }), "STORAGE_MISMATCH", {
          differences: [{ record: 'item "held"', field: "row.author" }],
        });
        expect(await storage.stats(tenantId)).toMatchObject({ epoch: "", head: 0 });
      });

      it("detects a wrong entry of a key written meanwhile", async () => {
        const { bea, storage, copy } = await seedScene(world);
        let hasCaughtUp = false;
        const from = on("dump", world.storage, async ({ section }, run) => {
          if (hasCaughtUp && section === "agents") await bea.push("waits", "meanwhile");
          hasCaughtUp ||= section === "changes";
          return run();
        });
        const to = damaging(storage, (record) =>
          record.type === "entry" && "key" in record.change && record.change.key === "waits"
            ? { ...record, actor: "Eve" }
            : record,
        );
        const { details } = await rejects(copyTenant({ ...copy, from, to }), "STORAGE_MISMATCH");
        expect(details.differences).toContainEqual({
          record: expect.stringMatching(/^log entry/),
          field: "actor",
        });
      });

      it("reports progress", async () => {
        const { copy } = await seedScene(world);
        const parts: Record<string, [done: number, of: number | undefined]> = {};
        await copyTenant({
          ...copy,
          batch: 2,
          onProgress({ section, done, total }) {
            expect(done).toBeGreaterThanOrEqual(parts[section]?.[0] ?? 0);
            parts[section] = [done, total];
          },
        });
        expect(parts).toMatchObject({ items: [6, 6], events: [1, 1] });
        expect(parts.log?.[0]).toBe(parts.log?.[1]);
        expect(parts.verifying?.[0]).toBeGreaterThan(20);
      });
    },
    storage(world, it) {
      it("dumps nothing of a missing tenant", async () => {
        const none = { header: null, loading: null, records: [], isLast: true };
        const range = { tenantId: world.newTenantId(), limit: 10 };
        for (const section of ["agents", "pastSubscriptions", "items", "events", "log"] as const)
          expect(await world.storage.dump({ ...range, section })).toEqual(none);
      });

      it("hides a tenant until it is fully loaded", async () => {
        const { tenantId, storage } = await seedScene(world);
        const pages = await loadPages(world.storage, tenantId, 4);
        const last = pages.pop() as LoadRequest;
        const nothing = await readTenant(storage, world.newTenantId());
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
        await waitFor("the listener is called", () => rings > before);
        expect(await storage.dump(dump)).toMatchObject({ loading: null });
        expect((await storage.listTenants({ limit: 10 })).tenantIds).toContain(tenantId);
        await ann.push("it", 1, { global: true });
      });

      it("accepts a repeated page, rejects one out of order", async () => {
        const { tenantId, storage } = await seedScene(world);
        const pages = await loadPages(world.storage, tenantId, 7);
        const [first] = pages;
        const last = pages.pop() as LoadRequest;
        await rejects(storage.load(pages[1] as LoadRequest), "NOT_FOUND");
        for (const page of pages) {
          await storage.load(page);
          const before = await dumpTenant(storage, tenantId);
          expect(await storage.load(page)).toEqual({ loading: page.progress });
          expect(await dumpTenant(storage, tenantId)).toEqual(before);
          if (page !== first) await rejects(storage.load(first), "UNAVAILABLE");
        }
        const header = { ...last.header, epoch: "another" };
        await rejects(storage.load({ ...last, header }), "TENANT_EXISTS");
        await storage.load(last);
        await rejects(storage.load(last), "TENANT_EXISTS");
        const source = await dumpTenant(world.storage, tenantId);
        expect(await dumpTenant(storage, tenantId)).toEqual(source);
      });

      it("restarts a load from scratch on request", async () => {
        const { tenantId, storage } = await seedScene(world);
        const [first] = await loadPages(world.storage, tenantId, 30);
        await storage.load({ ...first, progress: "page 1" });
        const other = world.newTenantId();
        await world.mesh({ tenantId: other }).agent("Ann").push("alone", 1, { global: true });
        const [page] = await loadPages(world.storage, other, 1_000);
        const header = { ...page.header, epoch: first.header.epoch };
        await storage.load({ ...page, tenantId, header, after: "page 1", restart: true });
        const { records } = await dumpTenant(storage, tenantId);
        expect(records).toEqual((await dumpTenant(world.storage, other)).records);
        const counts = { items: 1, events: 0, agents: 0, logEntries: 1 };
        expect(await storage.stats(tenantId)).toMatchObject(counts);
      });

      it("drops a partial load", async () => {
        const { tenantId, storage } = await seedScene(world);
        const pages = await loadPages(world.storage, tenantId, 10);
        const last = pages.pop() as LoadRequest;
        for (const page of pages) await storage.load(page);
        expect(await storage.dropTenant({ tenantId })).toEqual({ existed: true });
        expect(await storage.dropTenant({ tenantId })).toEqual({ existed: false });
        const never = await dumpTenant(storage, world.newTenantId());
        expect(await dumpTenant(storage, tenantId)).toEqual(never);
        await rejects(storage.load(last), "NOT_FOUND");
        await world.mesh({ tenantId }, storage).agent("Ann").push("it", 1, { global: true });
        const counts = { head: 1, items: 1, agents: 0, events: 0 };
        expect(await storage.stats(tenantId)).toMatchObject(counts);
      });

      it("copies leases, cursors and expired items", async () => {
        const scene = await seedScene(world);
        const { tenantId, token, cursor, early, storage, mesh: source } = scene;
        const copy = await copyTenant(scene.copy);
        expect(copy).toMatchObject({ items: 6, events: 1, subscriptions: 4, permissions: 2 });
        expect(copy).toMatchObject({ rounds: 0, restarts: 0, resumed: false, verified: true });
        await scene.expectCopied();
        const mesh = world.mesh({ tenantId }, storage);
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
        await expectEqualTenants(storage, storage, tenantId, targetTenantId);
        await world.mesh({ tenantId: targetTenantId }).system.delete("held");
        const both = { left: storage, right: storage, tenantId, rightTenantId: targetTenantId };
        expect(await compareTenants(both)).toMatchObject({
          differences: [
            { record: "tenant", field: "head" },
            { record: 'item "held"', only: "left" },
            { record: expect.stringMatching(/^log entry \d+\.0$/), only: "right" },
          ],
        });
      });

      it("rejects another source's unfinished copy", async () => {
        const { tenantId, storage, copy, expectCopied } = await seedScene(world);
        const other = world.newTenantId();
        await seedTenant(world, other);
        const [page] = await loadPages(world.storage, other, 5);
        await storage.load({ ...page, tenantId });
        expect((await rejects(copyTenant(copy), "TENANT_EXISTS")).hint).toMatch(/drop/);
        await storage.dropTenant({ tenantId });
        await copyTenant(copy);
        await expectCopied();
      });

      it("rejects a source whose history was undone", async () => {
        const { tenantId, ann, copy, expectCopied } = await seedScene(world);
        const restored = await emptyStorage(world);
        await copyTenant({ ...copy, to: restored });
        await ann.push("lost", 1, { global: true });
        await world.mesh({ tenantId }, restored).agent("Ann").push("new", 1, { global: true });
        const cut = new AbortController();
        const onProgress = (): void => cut.abort();
        await rejects(copyTenant({ ...copy, onProgress, signal: cut.signal }), "ABORTED");
        await rejects(copyTenant({ ...copy, from: restored }), "TENANT_EXISTS");
        await copyTenant(copy);
        await expectCopied();
      });

      it("runs one copy of a tenant at a time", async () => {
        const { copy, expectCopied } = await seedScene(world);
        const copies = await Promise.allSettled(times(3, () => copyTenant({ ...copy, batch: 2 })));
        expect(copies.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
        if (copies.every(({ status }) => status === "rejected")) await copyTenant(copy);
        await expectCopied();
      });

      it("includes writes of every kind during the copy", async () => {
        const scene = await seedScene(world);
        const { tenantId, mesh, ann, bea } = scene;
        const retained = { log: { commits: 20 }, history: { commits: 24 } };
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
          () => world.storage.compact({ tenantId, ...retained, limit: 1_000 }),
        ];
        let head = 0;
        const copy = await copyTenant({
          ...scene.copy,
          from: on("dump", world.storage, async (_, run) => {
            await writes.shift()?.();
            return run();
          }),
          batch: 2,
          async whenCaughtUp() {
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
        await scene.expectCopied();
      });

      it("distinguishes unsubscribing from topic deletion in one page", async () => {
        const { mesh, ann, bea, cid, tenantId } = world.team();
        for (const agent of [ann, bea, cid]) await agent.subscribe(["t", "u"]);
        const to = await emptyStorage(world);
        await copyTenant({
          from: world.storage,
          to,
          tenantId,
          async whenCaughtUp() {
            await ann.unsubscribe(["t"]);
            await mesh.deleteTopic("t");
            await bea.subscribe(["t"]);
            await mesh.deleteTopic("t");
            await ann.subscribe(["t"]);
            await mesh.deleteTopic("u");
          },
        });
        await expectEqualTenants(world.storage, to, tenantId);
        expect(await to.stats(tenantId)).toEqual(await world.storage.stats(tenantId));
      });

      it("ignores a topic deletion during verification", async ({ mesh, ann, bea, tenantId }) => {
        await bea.subscribe(["t", "u"]);
        await ann.publish("made", 1, { topics: ["t", "u"] });
        const storage = await emptyStorage(world);
        const deletions = [() => mesh.deleteTopic("t")];
        const to = on("dump", storage, async ({ section, limit }, run) => {
          if (section === "agents" && limit > 1) await deletions.pop()?.();
          return run();
        });
        const copy = await copyTenant({ from: world.storage, to, tenantId });
        expect(copy).toMatchObject({ verified: true, head: 3 });
        await expectEqualTenants(world.storage, storage, tenantId);
      });

      it("copies one position of a source with many writers", async () => {
        const { tenantId, storage, mesh, copy } = await seedScene(world);
        let isOver = false;
        const write = async (name: string): Promise<void> => {
          for (let n = 0; !isOver; n++) {
            await systemPause(1);
            await mesh.agent(name).push(`${name} ${n % 50}`, n, { topics: ["t"] });
          }
        };
        await mesh.setPermissions("Ann", null);
        const copied = copyTenant({ ...copy, batch: 20 }).finally(() => {
          isOver = true;
        });
        const [{ head }] = await Promise.all([copied, ...AGENTS.map(write)]);
        expect(await storage.stats(tenantId)).toMatchObject({ head });
        const entries = async (of: FullStorage): Promise<TenantRecord[]> =>
          (await dumpTenant(of, tenantId)).records.filter(
            (record) => record.type === "entry" && record.position <= head,
          );
        expect(await entries(storage)).toEqual(await entries(world.storage));
      });

      it("decides like the source afterwards", async () => {
        const { tenantId, storage, copy } = await seedScene(world);
        await copyTenant(copy);
        world.clock.advance("30m");
        const lease = { leaseMs: 9, leaseId: 1, maxAttempts: 9 };
        const claim = { type: "claim", from: { queues: ["tt"] }, ...lease } as const;
        const commits = times(4, () => ({ actor: null, ops: [claim] }));
        const theirs = await world.storage.commit(tenantId, commits, decide);
        expect(await storage.commit(tenantId, commits, decide)).toEqual(theirs);
      });
    },
    wrapper(world, it) {
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
        const { tenantId, storage } = await seedScene(world);
        for (const page of await loadPages(world.storage, tenantId, size)) await storage.load(page);
        for (const read of [dumpTenant, readTenant])
          expect(await read(storage, tenantId)).toEqual(await read(world.storage, tenantId));
      });
    },
  },
  ["dump", "compaction"],
);
