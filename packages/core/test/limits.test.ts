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
