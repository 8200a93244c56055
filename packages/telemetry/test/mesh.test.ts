import { expect, it } from "vitest";
import { instrumented } from "./support/instrumented.ts";

it("names spans by the GenAI conventions or by the method", async () => {
  const { sdk, mesh } = instrumented();
  const agent = mesh.agent("Writer");
  const route = { topics: ["t"] };
  await agent.subscribe(["t"]);
  await agent.push("a", 1, route);
  await agent.pushMany([{ key: "b", value: 1, ...route }]);
  await agent.update("a", () => 2, route);
  await agent.get("a");
  await agent.getItem("a");
  await agent.getItems(["a", "b"]);
  await agent.getMany(["a"]);
  await agent.getAll();
  await agent.keys();
  await agent.list();
  const lease = await agent.claim({ topic: "t" });
  await lease?.extend("1m");
  await lease?.handOff("next");
  const next = await agent.claim({ key: "a" });
  await next?.release({ error: "It failed.", maxAttempts: 1 });
  await agent.retry("a");
  await (await agent.claim({ key: "a" }))?.complete("done");
  await agent.waitFor("a");
  await agent.announce({ description: "Writes." });
  await agent.agents();
  await agent.ask("Nobody", {}, { timeout: 1 }).catch(() => undefined);
  await agent.publish("happened", {}, route);
  await agent.events();
  await agent.changes();
  await agent.explain("a");
  await mesh.system.history("a");
  await mesh.topics();
  await mesh.stats();
  await agent.delete("b");
  await mesh.clear();
  const names = sdk
    .spans()
    .filter((span) => "syntha.operation.name" in span.attributes)
    .map((span) => `${String(span.attributes["syntha.operation.name"])}: ${span.name}`);
  expect(names).toEqual([
    "subscribe: syntha.subscribe",
    "push: upsert_memory",
    "pushMany: upsert_memory",
    "update: upsert_memory",
    "get: search_memory",
    "getItem: search_memory",
    "getItems: search_memory",
    "getMany: search_memory",
    "getAll: search_memory",
    "keys: search_memory",
    "list: search_memory",
    "claim: syntha.claim",
    "extend: syntha.extend",
    "handOff: update_memory",
    "claim: syntha.claim",
    "release: syntha.release",
    "retry: syntha.retry",
    "claim: syntha.claim",
    "complete: update_memory",
    "waitFor: search_memory",
    "announce: syntha.announce",
    "agents: syntha.agents",
    "ask: syntha.ask",
    "publish: syntha.publish",
    "events: syntha.events",
    "changes: syntha.changes",
    "explain: syntha.explain",
    "history: syntha.history",
    "topics: syntha.topics",
    "stats: syntha.stats",
    "delete: delete_memory",
    "clear: delete_memory",
  ]);
});

it("records the number of results and the duration by operation", async () => {
  const { sdk, mesh } = instrumented();
  await mesh.system.pushMany([1, 2, 3].map((n) => ({ key: `k${n}`, value: n, global: true })));
  await mesh.agent("Reader").getAll();
  const [search] = sdk.named("search_memory");
  expect(search?.attributes).toEqual({
    "gen_ai.operation.name": "search_memory",
    "gen_ai.agent.name": "Reader",
    "gen_ai.memory.store.id": search?.attributes["syntha.tenant.id"],
    "gen_ai.memory.record.count": 3,
    "syntha.operation.name": "getAll",
    "syntha.tenant.id": expect.any(String),
  });
  const { descriptor, dataPoints } = await sdk.histogram("syntha.mesh.operation.duration");
  expect(descriptor.unit).toBe("s");
  expect(dataPoints.map(({ attributes }) => attributes)).toEqual([
    { "gen_ai.operation.name": "upsert_memory", "syntha.operation.name": "pushMany" },
    {
      "gen_ai.operation.name": "search_memory",
      "gen_ai.agent.name": "Reader",
      "syntha.operation.name": "getAll",
    },
  ]);
});

it("counts watches and their changes", async () => {
  const { sdk, mesh } = instrumented();
  const watch = mesh.agent("Reader").watch({ initial: true });
  await mesh.system.push("a", 1, { global: true });
  const types: string[] = [];
  const sum = async (name: string): Promise<unknown> => {
    const metric = (await sdk.metrics()).find(({ descriptor }) => descriptor.name === name);
    return metric?.dataPoints.map(({ attributes, value }) => [attributes, value]);
  };
  for await (const change of watch) {
    types.push(change.type);
    expect(watch.cursor).toBeDefined();
    expect(await sum("syntha.mesh.watches")).toEqual([[{}, 1]]);
    if (change.type === "put") break;
  }
  expect(types).toEqual(["ready", "put"]);
  expect(await sum("syntha.mesh.watches")).toEqual([[{}, 0]]);
  expect(await sum("syntha.mesh.watch.changes")).toEqual([
    [{ "syntha.change.type": "ready" }, 1],
    [{ "syntha.change.type": "put" }, 1],
  ]);
});

it("captures keys, topics and event types on request", async () => {
  const { sdk, mesh } = instrumented({ captureKeys: true });
  const agent = mesh.agent("Writer");
  await agent.push("a", "secret", { topics: ["t", "u"] });
  await agent.getMany(["a", "b"]);
  await agent.publish("happened", "secret", { topics: ["t"] });
  const [push, get, publish] = ["upsert_memory", "search_memory", "syntha.publish"].map(
    (name) => sdk.named(name)[0]?.attributes,
  );
  expect(push).toMatchObject({ "gen_ai.memory.record.id": "a", "syntha.topics": ["t", "u"] });
  expect(get).toMatchObject({ "syntha.keys": ["a", "b"], "gen_ai.memory.record.count": 1 });
  expect(publish).toMatchObject({ "syntha.event.type": "happened", "syntha.topics": ["t"] });
  const recorded = JSON.stringify(sdk.spans().map(({ attributes }) => attributes));
  expect(recorded).not.toContain("secret");
});

it("captures values on request and truncates them", async () => {
  const { sdk, mesh, handler } = instrumented({ captureValues: true, maxCapturedLength: 40 });
  await handler.handleToolCall("push_context", { key: "a", value: "b", global: true });
  await mesh.system.push("long", "x".repeat(1_000), { global: true });
  const [tool] = sdk.named("execute_tool push_context");
  const args = '{"key":"a","value":"b","global":true}';
  expect(tool?.attributes["gen_ai.tool.call.arguments"]).toBe(args);
  expect(tool?.attributes["gen_ai.tool.call.result"]).toMatch(/^\{"success":true/);
  const upserts = sdk.named("upsert_memory");
  const records = upserts.map(({ attributes }) => attributes["gen_ai.memory.records"]);
  expect(records[0]).toBe('[{"content":"b"}]');
  expect(records[1]).toBe(`[{"content":"${"x".repeat(27)}…`);
});

it("labels tenants in spans but not in metrics", async () => {
  const label = async (tenants: "plain" | "none" | ((id: string) => string)): Promise<unknown> => {
    const { sdk, mesh } = instrumented({ tenants, agents: false });
    await mesh.agent("Reader").keys();
    const text = JSON.stringify(await sdk.metrics());
    expect(text).not.toContain("acme");
    expect(text).not.toContain("Reader");
    const [span] = sdk.named("search_memory");
    expect(span?.attributes).not.toHaveProperty("gen_ai.agent.name");
    return span?.attributes["syntha.tenant.id"];
  };
  expect(await label("plain")).toBe("acme");
  expect(await label("none")).toBeUndefined();
  expect(await label((id) => `tenant of ${id.length}`)).toBe("tenant of 4");
});
