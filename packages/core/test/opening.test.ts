import { ContextMesh, MemoryStorage, SynthaError, TenantRegistry } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { codeFrom } from "./support/code-of.ts";

/** Counts how often it is opened and closed; the first openings may fail. */
class CountingStorage extends MemoryStorage {
  readonly calls: string[] = [];
  failures = 0;

  override async open(): Promise<void> {
    this.calls.push("open");
    if (this.failures-- > 0) throw new SynthaError("UNAVAILABLE", "Not now.");
    await super.open();
  }

  override async close(): Promise<void> {
    this.calls.push("close");
    await super.close();
  }
}

describe("storage of meshes", () => {
  it("is named without opening it", async () => {
    const storage = new CountingStorage();
    await using mesh = new ContextMesh({ storage });
    await using tenants = new TenantRegistry({ storage });
    expect(mesh.storageTraits).toEqual({ durability: "none", system: "memory" });
    expect(tenants.storageTraits).toEqual(mesh.storageTraits);
    expect(storage.calls).toEqual([]);
  });

  it("is not opened before the first call", async () => {
    const storage = new CountingStorage();
    const mesh = new ContextMesh({ storage });
    mesh.agent("Ann");
    await mesh.close();
    expect(storage.calls).toEqual([]);
  });

  it("is opened once for concurrent calls", async () => {
    const storage = new CountingStorage();
    const meshes = ["a", "b", "c"].map((tenantId) => new ContextMesh({ storage, tenantId }));
    await Promise.all(meshes.flatMap((mesh) => [mesh.stats(), mesh.system.keys()]));
    expect(storage.calls).toEqual(["open"]);
    await Promise.all(meshes.map((mesh) => mesh.close()));
  });

  it("closes with the last mesh, and opens again for a later one", async () => {
    const storage = new CountingStorage();
    const [one, other] = [new ContextMesh({ storage }), new ContextMesh({ storage })];
    await Promise.all([one.stats(), other.stats()]);
    await one.close();
    expect(storage.calls).toEqual(["open"]);
    await other.system.push("a", 1, { global: true });
    await other.close();
    expect(storage.calls).toEqual(["open", "close"]);
    const later = new ContextMesh({ storage });
    expect(await later.system.get("a")).toBe(1);
    await later.close();
    expect(storage.calls).toEqual(["open", "close", "open", "close"]);
  });

  it("finishes closing before it opens for another mesh", async () => {
    const storage = new CountingStorage();
    const one = new ContextMesh({ storage });
    await one.stats();
    const closing = one.close();
    const other = new ContextMesh({ storage });
    const [stats] = await Promise.all([other.stats(), closing]);
    expect(stats.items).toBe(0);
    expect(await other.system.keys()).toEqual([]);
    await other.close();
  });

  it("is opened by the next call if opening fails", async () => {
    const storage = new CountingStorage();
    storage.failures = 2;
    const mesh = new ContextMesh({ storage });
    const calls = [mesh.stats(), mesh.system.push("a", 1, { global: true })];
    expect(await Promise.all(calls.map((call) => codeFrom(call)))).toEqual([
      "UNAVAILABLE",
      "UNAVAILABLE",
    ]);
    while (storage.failures > 0) await codeFrom(mesh.stats());
    await mesh.system.push("a", 1, { global: true });
    expect(await mesh.system.get("a")).toBe(1);
    await mesh.close();
    expect(storage.calls.at(-1)).toBe("close");
  });

  it("is not closed if it could not be opened", async () => {
    const storage = new CountingStorage();
    storage.failures = 1;
    const mesh = new ContextMesh({ storage });
    await codeFrom(mesh.stats());
    await mesh.close();
    expect(storage.calls).toEqual(["open"]);
  });
});

describe("a mesh", () => {
  it("completes writes requested before it was closed", async () => {
    const storage = new MemoryStorage();
    const mesh = new ContextMesh({ storage });
    const pushed = mesh.system.push("a", 1, { global: true });
    await Promise.all([mesh.close(), mesh.close()]);
    expect((await pushed).revision).toBe(1);
    const again = new ContextMesh({ storage });
    expect(await again.system.get("a")).toBe(1);
    await again.close();
  });
});

describe("a registry", () => {
  it("keeps its storage open from the first call until it closes", async () => {
    const storage = new CountingStorage();
    const tenants = new TenantRegistry({ storage });
    await tenants.mesh("acme").system.push("a", 1, { global: true });
    expect(await tenants.list()).toEqual(["acme"]);
    await tenants.release("acme");
    expect(await tenants.stats("acme")).toMatchObject({ items: 1 });
    expect(storage.calls).toEqual(["open"]);
    await tenants.close();
    expect(storage.calls).toEqual(["open", "close"]);
  });
});
