import { ContextMesh, MemoryStorage, TenantRegistry } from "@syntha/core";
import { describe, expect, it } from "vitest";

describe("a registry of tenants", () => {
  it("leaves a mesh open that is asked for while its numbers are read", async () => {
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

  it("gives no mesh of a tenant that is being dropped, and a new one afterwards", async () => {
    const tenants = new TenantRegistry();
    await tenants.mesh("acme").system.push("key", 1, { global: true });
    const dropped = tenants.drop("acme");
    expect(() => tenants.mesh("acme")).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
    expect(await dropped).toBe(true);
    expect(await tenants.mesh("acme").system.get("key")).toBeUndefined();
    await tenants.close();
  });
});

describe("a closed mesh", () => {
  it("writes nothing more, whatever its leases are asked", async () => {
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

  it("that was never used opens no storage", async () => {
    let opened = 0;
    class Counting extends MemoryStorage {
      override async open(): Promise<void> {
        opened++;
        return super.open();
      }
    }
    const mesh = new ContextMesh({ storage: new Counting() });
    await mesh.close();
    await expect(mesh.agent("Ann").lease("task", "11-abc-1").release()).rejects.toMatchObject({
      code: "CLOSED",
    });
    expect(opened).toBe(0);
  });
});
