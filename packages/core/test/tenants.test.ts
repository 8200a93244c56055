import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ContextMesh, MemoryStorage, TenantRegistry } from "@syntha/core";
import type { DropRequest, DropResult } from "@syntha/core/storage";
import { manualClock } from "@syntha/core/testing";
import { describe, expect, it } from "vitest";
import { codeFrom, codeOf } from "./support/code-of.ts";

describe("tenant registry", () => {
  it("keeps a mesh open that is requested while its statistics are read", async () => {
    const tenants = new TenantRegistry();
    for (let ticks = 0; ticks < 20; ticks++) {
      const stats = tenants.stats("acme");
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      const mesh = tenants.mesh("acme");
      await stats;
      await mesh.agent("Ann").push("key", ticks, { global: true });
      await tenants.release("acme");
    }
    expect(await tenants.stats("acme")).toMatchObject({ items: 1 });
    await tenants.close();
  });

  it("refuses a mesh while its tenant is dropped", async () => {
    const tenants = new TenantRegistry();
    await tenants.mesh("acme").system.push("key", 1, { global: true });
    const dropped = tenants.drop("acme");
    expect(() => tenants.mesh("acme")).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
    expect(await dropped).toBe(true);
    expect(await tenants.mesh("acme").system.get("key")).toBeUndefined();
    await tenants.close();
  });

  it("makes a new mesh after the old one was closed", async () => {
    const tenants = new TenantRegistry();
    const mesh = tenants.mesh("acme");
    await mesh.system.push("key", 1, { global: true });
    await mesh.close();
    expect(await tenants.mesh("acme").system.get("key")).toBe(1);
    expect(tenants.open).toBe(1);
    await expect(mesh.system.get("key")).rejects.toMatchObject({ code: "CLOSED" });
    await tenants.close();
  });

  it("drops a tenant once for two calls", async () => {
    class SlowToDrop extends MemoryStorage {
      #drops = 0;
      override async dropTenant(request: DropRequest): Promise<DropResult> {
        await pause(++this.#drops * 20);
        return super.dropTenant(request);
      }
    }
    const tenants = new TenantRegistry({ storage: new SlowToDrop() });
    await tenants.mesh("acme").system.push("key", 1, { global: true });
    const second = tenants
      .drop("acme")
      .then(() => tenants.mesh("acme").system.push("key", 2, { global: true }));
    await tenants.drop("acme");
    await second;
    await pause(50);
    expect(await tenants.mesh("acme").system.get("key")).toBe(2);
    await tenants.close();
  });
});

describe("a closed mesh", () => {
  it("refuses calls of its leases", async () => {
    const storage = new MemoryStorage();
    const [mesh, other] = [new ContextMesh({ storage }), new ContextMesh({ storage })];
    await other.system.push("task", 1, { global: true });
    const lease = await mesh.agent("Ann").claim({ key: "task" });
    await mesh.close();
    await expect(lease?.complete("late")).rejects.toMatchObject({ code: "CLOSED" });
    await expect(lease?.release()).rejects.toMatchObject({ code: "CLOSED" });
    expect(await other.system.getItem("task")).toMatchObject({ state: "claimed", value: 1 });
    await other.close();
  });

  it("opens no storage if it was never used", async () => {
    let opened = 0;
    const storage = new MemoryStorage();
    storage.open = async () => void opened++;
    const mesh = new ContextMesh({ storage });
    await mesh.close();
    expect(await codeFrom(mesh.agent("Ann").lease("task", "11-abc-1").release())).toBe("CLOSED");
    expect(opened).toBe(0);
  });
});

describe("suspended meshes of a registry", () => {
  it("are reopened by their next call", async () => {
    const storage = new Watched();
    const tenants = new TenantRegistry({ storage, maxOpen: 3 });
    const agents = Array.from({ length: 10 }, (_, i) => tenants.mesh(`t${i}`).agent("Ann"));
    for (const agent of agents) await agent.push("key", agent.tenantId, { global: true });
    expect(tenants.open).toBe(3);
    for (let round = 0; round < 3; round++) {
      for (const agent of agents) {
        expect(await agent.get("key")).toBe(agent.tenantId);
        expect(tenants.open).toBe(3);
      }
    }
    await Promise.all(agents.map((agent) => agent.push("key", 1)));
    expect(await tenants.totals()).toMatchObject({ tenants: 10, items: 10, bytes: 40 });
    expect(storage.closed).toBe(0);
    await tenants.close();
    expect(storage.closed).toBe(1);
    for (const agent of agents) await expect(agent.get("key")).rejects.toMatchObject(CLOSED);
  });

  it("include those that were too many while all were busy", async () => {
    const tenants = new TenantRegistry({ maxOpen: 2, idleAfter: false });
    const push = (i: number): Promise<unknown> =>
      tenants.mesh(`t${i}`).system.push("key", i, { global: true });
    const changes = tenants.mesh("watched").system.watch();
    await Promise.all(Array.from({ length: 20 }, (_, i) => push(i)));
    for (let i = 0; i < 30; i++) await push(0);
    expect(tenants.open).toBe(2);
    await tenants.mesh("watched").system.push("key", 1, { global: true });
    expect((await changes.next()).value).toMatchObject({ type: "put" });
    await tenants.close();
  });

  it("include those that nothing uses after all were busy", async () => {
    const tenants = new TenantRegistry({ maxOpen: 2, idleAfter: false });
    const meshes = Array.from({ length: 20 }, (_, i) => tenants.mesh(`t${i}`));
    for (const mesh of meshes) await mesh.stats();
    expect(tenants.open).toBe(2);
    // Each opens while the others do.
    await Promise.all(meshes.map((mesh) => mesh.system.keys()));
    await expect.poll(() => tenants.open).toBe(2);
    await tenants.close();
  });

  it("are the least recently used, and stay the same objects", async () => {
    const tenants = new TenantRegistry({ maxOpen: 2 });
    const [a, b] = [tenants.mesh("a"), tenants.mesh("b")];
    await a.stats();
    await b.stats();
    await a.stats();
    const c = tenants.mesh("c");
    await c.stats();
    expect(tenants.mesh("b")).toBe(b);
    expect(tenants.mesh("a")).toBe(a);
    expect(tenants.mesh("c")).toBe(c);
    await tenants.close();
  });

  it("are idle ones without watches and workers", async () => {
    const storage = new Watched();
    const tenants = new TenantRegistry({ storage, idleAfter: "20ms" });
    const [idle, watching] = [tenants.mesh("idle"), tenants.mesh("watching")];
    const working = tenants.mesh("working");
    await idle.system.push("key", 1, { global: true });
    const watch = watching.agent("Ann").watch();
    await working.agent("Bob").subscribe(["t"]);
    const done: string[] = [];
    const ended = new AbortController();
    const { signal } = ended;
    const work = working.agent("Bob").work("t", ({ key }) => void done.push(key), { signal });
    await until(() => tenants.open === 2);
    await pause(100);
    expect(tenants.open).toBe(2);
    expect(await idle.system.get("key")).toBe(1);
    expect(tenants.open).toBe(3);
    await watching.system.push("seen", 1, { global: true });
    expect(await watch.next()).toMatchObject({ value: { type: "put" } });
    await working.system.push("task", 1, { topics: ["t"] });
    await until(() => done.length === 1);
    await watch.return?.();
    ended.abort();
    await work;
    await until(() => tenants.open === 0);
    expect(storage.closed).toBe(0);
    await tenants.close();
  });

  it("do no housekeeping until their next call", async () => {
    const clock = manualClock();
    const storage = new MemoryStorage({ clock });
    const tenants = new TenantRegistry({ storage, idleAfter: "30ms", sweepEvery: "5ms" });
    const mesh = tenants.mesh("acme");
    await mesh.system.push("lapsing", 1, { global: true, ttl: "1s" });
    await until(() => tenants.open === 0);
    clock.advance("2s");
    await pause(40);
    expect(await tenants.stats("acme")).toMatchObject({ items: 0, expired: 1 });
    await until(async () => {
      expect(await mesh.system.keys()).toEqual([]);
      return (await tenants.stats("acme")).expired === 0;
    });
    await tenants.close();
  });

  it("are released if they are not referenced", async () => {
    const tenants = new TenantRegistry({ maxOpen: 1 });
    const held = new WeakRef(tenants.mesh("a"));
    await tenants.mesh("a").system.push("key", 1, { global: true });
    await tenants.mesh("b").system.push("key", 1, { global: true });
    await pause(5);
    collectGarbage();
    expect(held.deref()).toBeUndefined();
    expect(await tenants.mesh("a").system.get("key")).toBe(1);
    await tenants.close();
  });

  it("are closed with their tenant", async () => {
    const tenants = new TenantRegistry({ maxOpen: 1 });
    const resting = tenants.mesh("a").agent("Ann");
    await resting.push("key", 1, { global: true });
    await tenants.mesh("b").system.push("key", 1, { global: true });
    await until(() => tenants.open === 1);
    expect(await tenants.drop("a")).toBe(true);
    await expect(resting.push("key", 1, { global: true })).rejects.toMatchObject(CLOSED);
    expect(await tenants.list()).toEqual(["b"]);
    await tenants.close();
  });

  it("apply the options of their tenant", async () => {
    const asked: string[] = [];
    const tenants = new TenantRegistry({
      limits: { tenant: { items: 1, bytes: 6 }, keyBytes: 8 },
      optionsFor: (tenantId) => {
        asked.push(tenantId);
        return tenantId === "large" ? { limits: { tenant: { items: 3 } } } : undefined;
      },
    });
    const fill = async (tenantId: string): Promise<number> => {
      const { system } = tenants.mesh(tenantId);
      expect(await codeFrom(system.push("a long key", 1, { global: true }))).toBe("TOO_LARGE");
      for (let i = 0; ; i++) {
        const push = system.push(`k${i}`, 1, { global: true });
        if ((await codeFrom(push)) !== "taken") return i;
      }
    };
    expect(await fill("small")).toBe(1);
    expect(await fill("large")).toBe(2);
    expect(asked).toEqual(["small", "large"]);
    const all = [];
    for await (const { tenantId, items } of tenants.allStats()) all.push([tenantId, items]);
    expect(all).toEqual([
      ["large", 2],
      ["small", 1],
    ]);
    await tenants.close();
  });

  it("apply shared limits that the tenant's leave out", async () => {
    const tenants = new TenantRegistry({
      limits: { tenant: { items: 2 }, agents: { Ann: { items: 1 } } },
      defaultRoute: { global: true },
      optionsFor: () => ({
        limits: { tenant: { items: undefined }, agents: { Ann: { bytes: 100 } } },
        defaultRoute: undefined as never,
      }),
    });
    const mesh = tenants.mesh("acme");
    await mesh.agent("Ann").push("a", 1);
    const second = mesh.agent("Ann").push("b", 1);
    await expect(second).rejects.toMatchObject({ details: { limit: "agent.items" } });
    await mesh.system.push("b", 1);
    const third = mesh.system.push("c", 1);
    await expect(third).rejects.toMatchObject({ details: { limit: "tenant.items" } });
    await tenants.close();
  });

  it.each([
    ["optionsFor", async () => ({ limits: { tenant: { items: 1 } } })],
    ["optionsFor", () => "limits"],
    ["limits", () => ({ limits: 5 })],
    ["limits.tenants", () => ({ limits: { tenants: {} } })],
  ])("are not made with invalid options of a tenant: %s", async (path, optionsFor) => {
    const tenants = new TenantRegistry({ optionsFor: optionsFor as never });
    expect(() => tenants.mesh("acme")).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENTS", details: { path } }),
    );
    expect(tenants.open).toBe(0);
    await tenants.close();
  });

  it.each([{ maxOpen: 0 }, { maxOpen: 1.5 }, { idleAfter: "soon" as never }])(
    "refuses %j",
    (options) => {
      expect(codeOf(() => new TenantRegistry(options))).toBe("INVALID_ARGUMENTS");
    },
  );
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CLOSED = { code: "CLOSED" };

class Watched extends MemoryStorage {
  closed = 0;
  override async close(): Promise<void> {
    this.closed++;
    return super.close();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(2);
}
