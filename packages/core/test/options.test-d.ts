import {
  type AgentContext,
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  importTenant,
  type Lease,
  MemoryStorage,
  TenantRegistry,
} from "@syntha/core";

declare const mesh: ContextMesh;
declare const agent: AgentContext;
declare const lease: Lease;
const storage = new MemoryStorage();

// An unknown option is an error before it runs.
// @ts-expect-error
new ContextMesh({ tenant: "acme" });
// @ts-expect-error
new ContextMesh({ limits: { items: 5 } });
// @ts-expect-error
new ContextMesh({ limits: { tenant: { item: 5 } } });
// @ts-expect-error
new ContextMesh({ retention: { logs: "1d" } });
// @ts-expect-error
new ContextMesh({ defaultRoute: { topic: ["t"] } });
// @ts-expect-error
new TenantRegistry({ tenantId: "acme" });
// @ts-expect-error
new TenantRegistry({ optionsFor: () => ({ tenantId: "acme" }) });
// @ts-expect-error
new MemoryStorage({ clok: Date.now });
// @ts-expect-error
await agent.push("a", 1, { subscriber: ["Boss"] });
// @ts-expect-error
await agent.pushMany([{ key: "a", value: 1, subscriber: ["Boss"] }]);
// @ts-expect-error
await agent.update("a", () => 1, { ifRevision: 1 });
// @ts-expect-error
await agent.delete("a", { revision: 1 });
// @ts-expect-error
await agent.list({ topic: "t" });
// @ts-expect-error
await agent.getAll({ topic: "t" });
// @ts-expect-error
await agent.keys({ topicss: ["t"] });
// @ts-expect-error
await agent.topics({ topic: "t" });
// @ts-expect-error
await agent.can({ posts: ["t"] });
// @ts-expect-error
agent.watch({ type: "a" });
// @ts-expect-error
await agent.changes({ after: "a" });
// @ts-expect-error
await agent.claim({ topic: "t", lease: "1m" });
// @ts-expect-error
await agent.claim({ topic: "t" }, { ttl: "1m" });
// @ts-expect-error
await agent.work("t", () => 1, { retries: 5 });
// @ts-expect-error
await agent.publish("happened", 1, { topic: "t" });
// @ts-expect-error
await agent.events({ type: "happened" });
// @ts-expect-error
await lease.complete("done", { topic: "t" });
// @ts-expect-error
await lease.complete("done", { events: [{ type: "a", data: 1, topic: "t" }] });
// @ts-expect-error
await lease.release({ retryAfter: "1m" });
// @ts-expect-error
await lease.extend("1m", { ttl: "1m" });
// @ts-expect-error
await mesh.agents({ topic: "t" });
// @ts-expect-error
await mesh.setPermissions("Bot", { posts: ["t"] });
// @ts-expect-error
await mesh.compact({ retention: "1d" });
// @ts-expect-error
await mesh.clear({ prefix: "a" });
// @ts-expect-error
await mesh.stats({ tenantId: "acme" });
// @ts-expect-error
await copyTenant({ from: storage, to: storage, tenantId: "a", target: "b" });
// @ts-expect-error
await compareTenants({ left: storage, right: storage, tenantId: "a", target: "b" });
// @ts-expect-error
exportTenant({ storage, tenantId: "a", limit: 5 });
// @ts-expect-error
await importTenant({ storage, lines: [], tenant: "b" });
