import { isSynthaError, type SynthaError, type WatchChange } from "@syntha/core";
import { decide } from "@syntha/core/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DurableObjectStorage, type TenantNamespace } from "../src/index.ts";
import { TestedObjects } from "./support/tested-objects.ts";

const GLOBAL = { global: true } as const;

let objects: TestedObjects;
beforeAll(async () => {
  objects = await TestedObjects.start();
});
afterAll(() => objects.stop());

let tenants = 0;
const newTenantId = (): string => `tenant ${++tenants}`;

async function rejection(call: Promise<unknown>): Promise<SynthaError> {
  const error: unknown = await call.then(
    () => new Error("The call succeeded."),
    (thrown: unknown) => thrown,
  );
  if (!isSynthaError(error)) throw error;
  return error;
}

async function first(
  changes: AsyncIterable<WatchChange>,
  type: WatchChange["type"],
): Promise<WatchChange> {
  for await (const change of changes) if (change.type === type) return change;
  throw new Error(`The watch ended without a change of type ${type}.`);
}

describe("an object", () => {
  it("lets one of 20 racers win a compare-and-set", async () => {
    const tenantId = newTenantId();
    await objects.mesh(tenantId).system.push("before", 1, GLOBAL);
    const meshes = Array.from({ length: 20 }, () => objects.mesh(tenantId));
    const settled = await Promise.allSettled(
      meshes.map((mesh, n) => mesh.agent(`Racer ${n}`).push("it", n, { ...GLOBAL, ifRevision: 0 })),
    );
    const reasons = settled.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    expect(reasons.map((reason: SynthaError) => reason.code)).toEqual(
      Array.from({ length: 19 }, () => "CONFLICT"),
    );
  });

  it("reports commits to watches in another isolate", async () => {
    const tenantId = newTenantId();
    const url = new URL(`/watch?tenant=${tenantId}`, await objects.miniflare.ready);
    const watching = fetch(url);
    const mesh = objects.mesh(tenantId);
    await mesh.system.waitFor("watching");
    await mesh.system.push("it", { from: "Node" }, GLOBAL);
    expect(await (await watching).json()).toEqual({ from: "Node" });
  });

  it("answers overlapping requests of a Worker that share a storage", async () => {
    const tenantId = newTenantId();
    const url = new URL(`/count?tenant=${tenantId}`, await objects.miniflare.ready);
    const responses = await Promise.all([fetch(url), fetch(url), fetch(url)]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await objects.mesh(tenantId).system.get("count")).toBe(30);
  });

  it("has one socket for all watches of a storage, and none after the last", async () => {
    const tenantId = newTenantId();
    const mesh = objects.mesh(tenantId);
    const watches = [mesh.system.watch(), mesh.agent("Ann").watch(), mesh.agent("Bea").watch()];
    const received = watches.map((watch) => watch.next());
    await expect.poll(async () => (await objects.inspect(tenantId)).sockets).toBe(1);
    await mesh.system.push("it", 1, GLOBAL);
    await Promise.all(received);
    for (const watch of watches) await watch.return();
    await expect.poll(async () => (await objects.inspect(tenantId)).sockets).toBe(0);
  });

  it("sweeps expired items by its alarm, and then has none", async () => {
    const tenantId = newTenantId();
    const mesh = objects.mesh(tenantId);
    const watch = mesh.system.watch();
    const expired = first(watch, "expire");
    await mesh.system.push("later", 1, { ...GLOBAL, ttl: "1h" });
    await mesh.system.push("soon", 1, { ...GLOBAL, ttl: 50 });
    expect(await expired).toMatchObject({ key: "soon" });
    expect((await objects.inspect(tenantId)).hasAlarm).toBe(true);
    const last = first(mesh.system.watch(), "expire");
    await mesh.system.push("later", 2, { ...GLOBAL, ttl: 50 });
    expect(await last).toMatchObject({ key: "later" });
    await expect.poll(async () => (await objects.inspect(tenantId)).hasAlarm).toBe(false);
  });

  it("answers other calls while it sweeps many items", async () => {
    const tenantId = newTenantId();
    const mesh = objects.mesh(tenantId);
    const entry = { value: 1, ...GLOBAL, ttl: 50 } as const;
    await mesh.system.pushMany(
      Array.from({ length: 1_000 }, (_, n) => ({ key: `${n}`, ...entry })),
    );
    const timers = async (): Promise<number> => (await objects.inspect(tenantId)).timersDuringSweep;
    // One after each batch of 100 items.
    await expect.poll(timers, { timeout: 30_000 }).toBeGreaterThanOrEqual(10);
  });

  it("stores nothing for a tenant that does not exist", async () => {
    const tenantId = newTenantId();
    const mesh = objects.mesh(tenantId);
    expect(await mesh.system.getAll()).toEqual({});
    await mesh.stats();
    expect(await mesh.agent("Ann").claim({ key: "none" })).toBeUndefined();
    expect(await objects.inspect(tenantId)).toMatchObject({ tables: 0, hasAlarm: false });
  });

  it("stores nothing after a drop", async () => {
    const tenantId = newTenantId();
    const mesh = objects.mesh(tenantId);
    await mesh.system.push("it", 1, { ...GLOBAL, ttl: "1h" });
    expect(await objects.inspect(tenantId)).toMatchObject({ hasAlarm: true });
    const storage = objects.storage();
    await storage.open();
    expect(await storage.dropTenant({ tenantId })).toEqual({ existed: true });
    expect(await objects.inspect(tenantId)).toMatchObject({ tables: 0, hasAlarm: false });
    await mesh.system.push("it", 2, GLOBAL);
    expect(await mesh.system.getAll()).toEqual({ it: 2 });
  });
});

describe("the directory", () => {
  const names = async (): Promise<readonly string[]> => {
    const storage = objects.storage();
    await storage.open();
    return (await storage.listTenants({ limit: 1_000 })).tenantIds;
  };

  /** A namespace to whose directory calls of a method are lost, as by a caller that crashes before. */
  const losing = (lost: string): TenantNamespace => {
    const { namespace } = objects;
    return {
      idFromName: (name) => namespace.idFromName(name),
      get(id) {
        const stub = namespace.get(id) as Record<string, (...args: unknown[]) => unknown>;
        return {
          invoke: (method: string, args: unknown[]) =>
            method === lost ? Promise.reject(new Error("lost")) : stub["invoke"]?.(method, args),
        };
      },
    };
  };

  it("lists a tenant whose creator crashed after the first commit", async () => {
    const tenantId = newTenantId();
    const storage = new DurableObjectStorage({ namespace: losing("endOperation") });
    await objects.mesh(tenantId, storage).system.push("it", 1, GLOBAL);
    expect(await names()).toContain(tenantId);
  });

  it("does not list a tenant whose creator crashed before the first commit", async () => {
    const tenantId = newTenantId();
    const storage = new DurableObjectStorage({ namespace: losing("commit") });
    const { system } = objects.mesh(tenantId, storage);
    await expect(system.push("it", 1, GLOBAL)).rejects.toThrow("lost");
    expect(await names()).not.toContain(tenantId);
    await objects.mesh(tenantId).system.push("it", 1, GLOBAL);
    expect(await names()).toContain(tenantId);
  });

  it("does not list a tenant whose drop crashed after its rows were removed", async () => {
    const tenantId = newTenantId();
    await objects.mesh(tenantId).system.push("it", 1, GLOBAL);
    const storage = new DurableObjectStorage({ namespace: losing("endOperation") });
    await storage.open();
    expect(await storage.dropTenant({ tenantId })).toEqual({ existed: true });
    expect(await names()).not.toContain(tenantId);
  });

  it("keeps a tenant that is created while another caller drops it", async () => {
    const tenantId = newTenantId();
    const mesh = objects.mesh(tenantId);
    const storage = objects.storage();
    await storage.open();
    for (let n = 0; n < 2; n++) {
      await Promise.all([storage.dropTenant({ tenantId }), mesh.system.push(`it ${n}`, n, GLOBAL)]);
      const { items } = await mesh.stats();
      expect((await names()).includes(tenantId)).toBe(items > 0);
    }
  });
});

describe("errors", () => {
  it("rejects a value that does not fit a row, and no other commit of the batch", async () => {
    const mesh = objects.mesh(newTenantId());
    const storage = objects.storage();
    await storage.open();
    const put = (key: string, length: number) =>
      ({
        actor: null,
        ops: [
          {
            type: "put",
            key,
            value: JSON.stringify("x".repeat(length)),
            route: { topics: [], subscribers: [], global: true },
            routeIfNew: undefined,
            expiry: undefined,
            ifRevision: undefined,
          },
        ],
      }) as const;
    const commits = [put("a", 1), put("b", 3_000_000), put("c", 1)];
    const outcomes = await storage.commit(mesh.tenantId, commits, decide);
    expect(outcomes.map((each) => each.ok || each.error.code)).toEqual([true, "TOO_LARGE", true]);
    expect(await mesh.system.keys()).toEqual(["a", "c"]);
    const [, rejected] = outcomes;
    expect(rejected?.ok === false && rejected.error.details).toEqual({
      what: "value",
      size: 3_000_002,
      maximum: 2 * 1024 * 1024,
    });
  });

  it("keeps code, hint and details of a rejection", async () => {
    const mesh = objects.mesh(newTenantId());
    await mesh.system.push("it", 1, GLOBAL);
    const error = await rejection(mesh.system.push("it", 2, { ifRevision: 9 }));
    expect(error).toMatchObject({ code: "CONFLICT", details: { key: "it", revision: 1 } });
    expect(error.hint).not.toBe("");
  });

  it("enforces limits in the object", async () => {
    const tenantId = newTenantId();
    const limits = { agents: { Ann: { items: 1 } }, agent: { writesPerSecond: false } } as const;
    const storage = objects.storage();
    const mesh = objects.mesh(tenantId, storage);
    await mesh.agent("Ann").push("a", 1, GLOBAL);
    await mesh.agent("Ann").push("b", 1, GLOBAL);
    const limited = objects.mesh(tenantId, storage, { limits });
    const error = await rejection(limited.agent("Ann").push("c", 1, GLOBAL));
    expect(error).toMatchObject({ code: "LIMIT_EXCEEDED", details: { maximum: 1, current: 2 } });
  });

  it.each([
    ["without SQLite", "WITHOUT_SQLITE", "new_sqlite_classes"],
    ["that is not TenantObject", "OTHER", "Export TenantObject"],
  ])("reports a class %s as misconfigured", async (_, binding, hint) => {
    const namespace = await objects.miniflare.getDurableObjectNamespace(binding);
    const mesh = objects.mesh("acme", new DurableObjectStorage({ namespace }));
    const error = await rejection(mesh.system.push("it", 1, GLOBAL));
    expect(error.code).toBe("MISCONFIGURED");
    expect(error.hint).toContain(hint);
  });

  it.each([
    ["a missing binding", undefined, "missing"],
    ["another kind of binding", { put() {} }, "an object"],
    ["text", "TENANTS", '"TENANTS"'],
  ])("refuses %s", (_, namespace, message) => {
    const create = (): unknown =>
      new DurableObjectStorage({ namespace } as unknown as { namespace: TenantNamespace });
    expect(create).toThrow(message);
    expect(create).toThrow(expect.objectContaining({ code: "MISCONFIGURED" }));
  });
});
