import { ContextMesh, TenantRegistry } from "@syntha/core";
import { expect, it } from "vitest";

it.each([
  ["limits.tenants", { tenants: { items: 1 } }],
  ["limits.items", { items: 1 }],
  ["limits.tenant.item", { tenant: { item: 1 } }],
  ["limits.tenant", { tenant: new Map([["items", 1]]) }],
  ["limits.agents", { agents: new Map([["Ann", { items: 1 }]]) }],
  ["limits.agents", { agents: null }],
  ["limits.agents.Ann.items", { agents: { Ann: { items: "1" } } }],
  ["limits.valueBytes", { valueBytes: "64 KiB" }],
  ["limits.depth", { depth: Number.NaN }],
  ["limits.routeTopics", { routeTopics: 1_025 }],
  ["limits.routeTopics", { routeTopics: Number.POSITIVE_INFINITY }],
  ["limits.routeSubscribers", { routeSubscribers: 0 }],
  ["limits", 5],
])("refuses limits that would have no effect: %s", (path, limits) => {
  expect(() => new ContextMesh({ limits: limits as never })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENTS", details: { path } }),
  );
});

it("refuses an unknown limit", () => {
  const refusal = expect.objectContaining({
    code: "INVALID_ARGUMENTS",
    details: { path: "limit" },
  });
  expect(() => new ContextMesh({ limit: { tenant: { items: 1 } } } as never)).toThrow(refusal);
  expect(() => new TenantRegistry({ limit: { tenant: { items: 1 } } } as never)).toThrow(refusal);
});

it("treats an undefined limit as the default", async () => {
  const mesh = new ContextMesh({ limits: { valueBytes: undefined as never } });
  const push = mesh.system.push("key", "x".repeat(300_000), { global: true });
  await expect(push).rejects.toMatchObject({ code: "TOO_LARGE" });
  await mesh.close();
});

it("shows the limits that it enforces, which no caller can change", async () => {
  const limits = {
    keyBytes: 64,
    tenant: { items: 100, bytes: false as const },
    agent: { items: 10, writesPerSecond: 5 },
    agents: { Archive: { items: false as const, bytes: 9_000 } },
  };
  const mesh = new ContextMesh({ limits });
  const expected = {
    valueBytes: 262_144,
    depth: 32,
    nodes: 10_000,
    keyBytes: 64,
    routeTopics: 64,
    routeSubscribers: 64,
    tenant: { items: 100 },
    agent: { items: 10, writesPerSecond: 5 },
    agents: { Archive: { bytes: 9_000, writesPerSecond: 5 } },
  };
  expect(mesh.limits).toEqual(expected);
  Object.assign(mesh.limits.tenant, { items: 1 });
  limits.tenant.items = 1;
  expect(mesh.limits).toEqual(expected);
  expect(new ContextMesh().limits).toMatchObject({ tenant: {}, agent: {}, agents: {} });
  await mesh.close();
});

it("shows the limits of a tenant without making its mesh", async () => {
  const tenants = new TenantRegistry({
    limits: { tenant: { items: 5, bytes: 100 }, depth: 4 },
    optionsFor: (tenantId) =>
      tenantId === "large" ? { limits: { tenant: { items: 50 } } } : undefined,
  });
  expect(tenants.limits("small")).toMatchObject({ depth: 4, tenant: { items: 5, bytes: 100 } });
  expect(tenants.limits("large").tenant).toEqual({ items: 50, bytes: 100 });
  expect(tenants.mesh("large").limits).toEqual(tenants.limits("large"));
  expect(tenants.open).toBe(1);
  expect(() => tenants.limits("")).toThrow(expect.objectContaining({ code: "INVALID_TENANT" }));
  await tenants.close();
});
