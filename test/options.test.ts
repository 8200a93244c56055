import {
  type AgentContext,
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  federate,
  importTenant,
  isSynthaError,
  type Lease,
  MemoryStorage,
  type SynthaError,
  TenantRegistry,
  verifyTenant,
} from "@syntha/core";
import { aiTools, repairToolCall } from "@syntha/ai-sdk";
import { answerMessage, messageTools, runnableTools as anthropicTools } from "@syntha/anthropic";
import { langchainTools, meshMiddleware } from "@syntha/langchain";
import { SynthaStore } from "@syntha/langchain/store";
import {
  answerChat,
  answerResponse,
  chatTools,
  responseTools,
  runnableTools,
} from "@syntha/openai";
import { agentTools } from "@syntha/openai/agents";
import {
  ContextThread,
  fillPrompt,
  placeContext,
  promptMessages,
  renderChanges,
  renderChangesSince,
  renderContext,
  systemPrompt,
} from "@syntha/prompts";
import { CircuitBreaker, Policies, resilientHandler, resilientStorage } from "@syntha/resilience";
import { DurableObjectStorage } from "@syntha/storage-durable-objects";
import { migrationSql, PostgresStorage, rowLevelSecuritySql } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { instrumentStorage, instrumentTools, meshInterceptor, OutcomeLog } from "@syntha/telemetry";
import { answerCalls, callsInOrder, ToolHandler, toolHandlers } from "@syntha/tools";
import { describe, expect, it } from "vitest";
import { publicCalls } from "./public-calls.ts";

interface Scene {
  readonly storage: MemoryStorage;
  readonly mesh: ContextMesh;
  readonly agent: AgentContext;
  readonly lease: Lease;
  readonly handler: ToolHandler;
}

/** A call, given these options or, where it takes none, this in their place. */
type Call = (options: never, scene: Scene) => unknown;

/** Calls with options, and parts of options that have options themselves. */
const WITH_OPTIONS: Readonly<Record<string, Call>> = {
  "core: new ContextMesh": (options) => new ContextMesh(options),
  "core: new ContextMesh, schema": (schema) => new ContextMesh({ schema }),
  "core: new ContextMesh, limits": (limits) => new ContextMesh({ limits }),
  "core: new ContextMesh, limits.tenant": (tenant) => new ContextMesh({ limits: { tenant } }),
  "core: new ContextMesh, limits.agent": (agent) => new ContextMesh({ limits: { agent } }),
  "core: new ContextMesh, limits.agents": (Ann) => new ContextMesh({ limits: { agents: { Ann } } }),
  "core: new ContextMesh, retention": (retention) => new ContextMesh({ retention }),
  "core: new ContextMesh, defaultRoute": (defaultRoute) => new ContextMesh({ defaultRoute }),
  "core: ContextMesh.agents": (options, { mesh }) => mesh.agents(options),
  "core: ContextMesh.topics": (options, { mesh }) => mesh.topics(options),
  "core: ContextMesh.at": (options, { mesh }) => mesh.at(1, options),
  "core: ContextMesh.compact": (options, { mesh }) => mesh.compact(options),
  "core: ContextMesh.setPermissions, permissions": (options, { mesh }) =>
    mesh.setPermissions("Ann", options ?? 5),
  "core: new MemoryStorage": (options) => new MemoryStorage(options),
  "core: new TenantRegistry": (options) => new TenantRegistry(options),
  "core: new TenantRegistry, optionsFor": (options) =>
    new TenantRegistry({ optionsFor: () => options ?? 5 }).mesh("acme"),
  "core: compareTenants": (options) => compareTenants(options),
  "core: verifyTenant": (options) => verifyTenant(options),
  "core: copyTenant": (options) => copyTenant(options),
  "core: exportTenant": (options) => exportTenant(options).next(),
  "core: importTenant": (options) => importTenant(options),
  "core: AgentContext.push": (options, { agent }) => agent.push("new", 1, options),
  "core: AgentContext.pushMany": (options, { agent }) =>
    agent.pushMany([{ key: "new", value: 1 }], options),
  "core: AgentContext.pushMany, an element": (options, { agent }) => agent.pushMany([options]),
  "core: AgentContext.update": (options, { agent }) => agent.update("new", () => 1, options),
  "core: AgentContext.merge": (options, { agent }) => agent.merge("new", {}, options),
  "core: AgentContext.append": (options, { agent }) => agent.append("new", 1, options),
  "core: AgentContext.increment": (options, { agent }) => agent.increment("new", 1, options),
  "core: AgentContext.getItems": (options, { agent }) => agent.getItems(["it"], options),
  "core: AgentContext.getMany": (options, { agent }) => agent.getMany(["it"], options),
  "core: AgentContext.getAll": (options, { agent }) => agent.getAll(options),
  "core: AgentContext.keys": (options, { agent }) => agent.keys(options),
  "core: AgentContext.list": (options, { agent }) => agent.list(options),
  "core: AgentContext.delete": (options, { agent }) => agent.delete("it", options),
  "core: AgentContext.deleteMany": (options, { agent }) => agent.deleteMany(["it"], options),
  "core: AgentContext.announce": (options, { agent }) => agent.announce(options ?? 5),
  "core: AgentContext.agents": (options, { agent }) => agent.agents(options),
  "core: AgentContext.waitFor": (options, { agent }) => agent.waitFor("it", options),
  // A payload that is refused, so that the call does not wait for an answer.
  "core: AgentContext.ask": (options, { agent }) => agent.ask("Ann", undefined, options),
  "core: AgentContext.subscriptions": (options, { agent }) => agent.subscriptions(options),
  "core: AgentContext.topics": (options, { agent }) => agent.topics(options),
  "core: AgentContext.can": (options, { agent }) => agent.can(options ?? 5),
  "core: AgentContext.watch": (options, { agent }) => agent.watch(options),
  "core: AgentContext.changes": (options, { agent }) => agent.changes(options),
  "core: AgentContext.claim": (options, { agent }) => agent.claim({ key: "free" }, options),
  "core: AgentContext.claim, source": (source, { agent }) => agent.claim(source),
  "core: AgentContext.work": (options, { agent }) => agent.work("t", () => 1, options),
  // A text is a topic.
  "core: AgentContext.work, source": (source, { agent }) =>
    agent.work(typeof source === "string" ? (5 as never) : source, () => 1),
  "core: AgentContext.publish": (options, { agent }) => agent.publish("happened", 1, options),
  "core: AgentContext.events": (options, { agent }) => agent.events(options),
  "core: SystemContext.audience": (options, { mesh }) => mesh.system.audience("it", options),
  "core: SystemContext.log": (options, { mesh }) => mesh.system.log(options),
  "core: SystemContext.leases": (options, { mesh }) => mesh.system.leases(options),
  "core: SystemContext.release": (options, { mesh }) => mesh.system.release("it", options),
  "core: Lease.complete": (options, { lease }) => lease.complete("done", options),
  "core: Lease.complete, an event": (event, { lease }) => lease.complete("", { events: [event] }),
  "core: Lease.complete, a push": (push, { lease }) =>
    lease.complete("", { push: [push as never] }),
  "core: Lease.handOff": (options, { lease }) => lease.handOff("next", options),
  "core: Lease.release": (options, { lease }) => lease.release(options),
  "core: LeaseHandle.complete": (options, { agent, lease }) =>
    agent.lease("it", lease.token).complete("done", options),
  "core: LeaseHandle.handOff": (options, { agent, lease }) =>
    agent.lease("it", lease.token).handOff("next", options),
  "core: LeaseHandle.release": (options, { agent, lease }) =>
    agent.lease("it", lease.token).release(options),
  "core: Federation.getAll": (options, { agent }) => federate({ agent }).getAll(options),
  "core: Federation.keys": (options, { agent }) => federate({ agent }).keys(options),
  "tools: new ToolHandler": (options, { agent }) => new ToolHandler(agent, options),
  "tools: new ToolHandler, argumentLimits": (argumentLimits, { agent }) =>
    new ToolHandler(agent, { argumentLimits }),
  "tools: answerCalls": (options, { handler }) => answerCalls(handler, [], options),
  "tools: callsInOrder, a call": (options, { handler }) =>
    callsInOrder(handler)("list_context", {}, options),
  "tools: toolHandlers": (options, { mesh }) => toolHandlers(mesh, ["Ann"], options),
  "tools: toolHandlers, a table": (options, { mesh }) => toolHandlers(mesh, { Ann: options }),
  "prompts: new ContextThread": (options, { agent }) => new ContextThread(agent, options),
  "prompts: renderContext": (options, { agent }) => renderContext(agent, options),
  "prompts: renderContext, budget": (budget, { agent }) => renderContext(agent, { budget }),
  "prompts: renderChanges": async (options, { agent }) =>
    renderChanges(agent, (await renderContext(agent)).state, options),
  "prompts: renderChangesSince": async (options, { agent }) =>
    renderChangesSince(agent, (await agent.changes()).cursor, options),
  "prompts: promptMessages": (options, { agent }) => promptMessages(agent, options),
  "prompts: systemPrompt": (options) => systemPrompt("", options),
  "prompts: fillPrompt": (options, { agent }) => fillPrompt(agent, "{{it}}", options),
  "prompts: fillPrompt, budget": (budget, { agent }) => fillPrompt(agent, "{{it}}", { budget }),
  "prompts: renderChangesSince, budget": async (budget, { agent }) =>
    renderChangesSince(agent, (await agent.changes()).cursor, { budget }),
  "prompts: placeContext": (place) => placeContext("{{context}}", "text", place),
  "openai: chatTools": (options, { handler }) => chatTools(handler, options),
  "openai: runnableTools": (options, { handler }) => runnableTools(handler, options),
  "openai: responseTools": (options, { handler }) => responseTools(handler, options),
  "openai: answerChat": (options, { handler }) =>
    answerChat(handler, { role: "assistant" }, options),
  "openai: answerResponse": (options, { handler }) => answerResponse(handler, [], options),
  "openai/agents: agentTools": (options, { handler }) => agentTools(handler, options),
  "anthropic: messageTools": (options, { handler }) => messageTools(handler, options),
  "anthropic: runnableTools": (options, { handler }) => anthropicTools(handler, options),
  "anthropic: answerMessage": (options, { handler }) =>
    answerMessage(handler, { content: [CALL], stop_reason: "tool_use" }, options),
  "ai-sdk: aiTools": (options, { handler }) => aiTools(handler, options),
  "langchain/store: new SynthaStore": (options, { agent }) => new SynthaStore(agent, options),
  "langchain/store: new SynthaStore, route": (route, { agent }) =>
    new SynthaStore(agent, { route }),
  "langchain/store: SynthaStore.put": (options, { agent }) =>
    new SynthaStore(agent).put(["a"], "key", {}, false, options),
  "storage-sqlite: new SqliteStorage": (options) => new SqliteStorage(options),
  "storage-durable-objects: new DurableObjectStorage": (options) =>
    new DurableObjectStorage(options),
  "storage-postgres: new PostgresStorage": (options) => new PostgresStorage(options),
  "storage-postgres: migrationSql": (options) => migrationSql(options),
  "storage-postgres: rowLevelSecuritySql": (options) => rowLevelSecuritySql(options),
  "resilience: new CircuitBreaker": (options) => new CircuitBreaker(options),
  "resilience: new Policies": (options) => new Policies(options),
  "resilience: new Policies, breaker": (breaker) => new Policies({ breaker }),
  "resilience: new Policies, retry": (retry) => new Policies({ retry: retry ?? 5 }),
  "resilience: new Policies, bulkhead": (bulkhead) => new Policies({ bulkhead: bulkhead ?? 5 }),
  "resilience: resilientHandler": (options, { handler }) => resilientHandler(handler, options),
  "resilience: resilientStorage": (options, { storage }) => resilientStorage(storage, options),
  "telemetry: meshInterceptor": (options) => meshInterceptor(options),
  "telemetry: instrumentStorage": (options, { storage }) => instrumentStorage(storage, options),
  "telemetry: instrumentTools": (options, { handler }) => instrumentTools(handler, options),
  "telemetry: new OutcomeLog": (options, { agent }) => new OutcomeLog(agent, options),
  "telemetry: OutcomeLog.record": (options, { agent }) => new OutcomeLog(agent).record(options),
  "telemetry: OutcomeLog.measure": (options, { agent }) =>
    new OutcomeLog(agent).measure("task", () => 1, options),
  "telemetry: OutcomeLog.recent": (options, { agent }) => new OutcomeLog(agent).recent(options),
  "telemetry: OutcomeLog.metrics": (options, { agent }) => new OutcomeLog(agent).metrics(options),
  "telemetry: OutcomeLog.clear": (options, { agent }) => new OutcomeLog(agent).clear(options),
};

const CALL = { type: "tool_use", id: "1", name: "list_context", input: {} } as never;

/** A call with an argument after its last. */
const more = (call: unknown, ...args: unknown[]): unknown =>
  (call as (...args: unknown[]) => unknown)(...args);

/** The call of a method, with one more argument. */
const of =
  (targetOf: (scene: Scene) => object) =>
  (name: string, ...args: unknown[]): Call =>
  (extra, scene) => {
    const target = targetOf(scene) as Record<string, (...args: unknown[]) => unknown>;
    const answer = target[name]!(...args, extra);
    return name === "allStats" ? (answer as AsyncGenerator).next() : answer;
  };
const ofMesh = of(({ mesh }) => mesh);
const ofAgent = of(({ agent }) => agent);
const ofSystem = of(({ mesh }) => mesh.system);
const ofLease = of(({ lease }) => lease);
const ofHandle = of(({ agent, lease }) => agent.lease("it", lease.token));
const ofRegistry = of(({ storage }) => new TenantRegistry({ storage }));
const ofHandler = of(({ handler }) => handler);

/** Calls without options. */
const WITHOUT_OPTIONS: Readonly<Record<string, Call>> = {
  "core: ContextMesh.agent": ofMesh("agent", "Ann"),
  "core: ContextMesh.subscribers": ofMesh("subscribers", "t"),
  "core: ContextMesh.deleteTopic": ofMesh("deleteTopic", "t"),
  "core: ContextMesh.setPermissions": ofMesh("setPermissions", "Ann", null),
  "core: ContextMesh.permissions": ofMesh("permissions", "Ann"),
  "core: ContextMesh.stats": ofMesh("stats"),
  "core: ContextMesh.sweep": ofMesh("sweep"),
  "core: ContextMesh.clear": ofMesh("clear"),
  "core: ContextMesh.close": ofMesh("close"),
  "core: AgentContext.get": ofAgent("get", "it"),
  "core: AgentContext.getItem": ofAgent("getItem", "it"),
  "core: AgentContext.keysByTopic": ofAgent("keysByTopic"),
  "core: AgentContext.subscribe": ofAgent("subscribe", ["u"]),
  "core: AgentContext.unsubscribe": ofAgent("unsubscribe", ["t"]),
  "core: AgentContext.lease": ofAgent("lease", "it", "token"),
  "core: AgentContext.retry": ofAgent("retry", "it"),
  "core: AgentContext.explain": ofAgent("explain", "it"),
  "core: SystemContext.explain": ofSystem("explain", "Ann", "it"),
  "core: SystemContext.explainMany": ofSystem("explainMany", "Ann", ["it"]),
  "core: SystemContext.history": ofSystem("history", "it"),
  "core: SystemContext.restore": ofSystem("restore", "it", 1),
  "core: Lease.extend": ofLease("extend", "1m"),
  "core: LeaseHandle.extend": ofHandle("extend", "1m"),
  "core: TenantRegistry.mesh": ofRegistry("mesh", "default"),
  "core: TenantRegistry.limits": ofRegistry("limits", "default"),
  "core: TenantRegistry.stats": ofRegistry("stats", "default"),
  "core: TenantRegistry.allStats": ofRegistry("allStats"),
  "core: TenantRegistry.totals": ofRegistry("totals"),
  "core: TenantRegistry.release": ofRegistry("release", "default"),
  "core: TenantRegistry.drop": ofRegistry("drop", "default"),
  "core: TenantRegistry.list": ofRegistry("list"),
  "core: TenantRegistry.close": ofRegistry("close"),
  "core: federate": (extra, { agent }) => more(federate, { agent }, extra),
  "tools: ToolHandler.setRole": ofHandler("setRole", "readonly"),
  "tools: toolHandlers, after a table": (extra, { mesh }) =>
    more(toolHandlers, mesh, { Ann: {} }, extra),
  "ai-sdk: repairToolCall": (extra, { handler }) => more(repairToolCall, handler, extra),
  "langchain: langchainTools": (extra, { handler }) => more(langchainTools, handler, extra),
  "langchain: meshMiddleware": (extra, { handler }) => more(meshMiddleware, handler, extra),
};

const OF_A_STORAGE = "called by a mesh, which checks what users pass";
const A_READER = "reads what the handler says of itself";
const A_CONVERSION = "converts one value into another";
const LANGGRAPH = "an interface of LangGraph, whose options are LangGraph's to check";

/** Calls that check nothing more, and why. */
const UNCHECKED: Readonly<Record<string, string>> = {
  "core: new SynthaError": "made where another error is reported: it must not throw",
  "core: SynthaError.toJSON": A_CONVERSION,
  "core: SynthaError.toString": A_CONVERSION,
  "core: isSynthaError": "takes anything",
  "core: parseJson": A_CONVERSION,
  "core/testing: manualClock": A_CONVERSION,
  "storage-sqlite/node-sqlite: nodeSqlite": "takes nothing",
  "core: Watch.next": "called by `for await`",
  "core: Watch.return": "called by `for await`",
  ...Object.fromEntries(
    [
      "core: MemoryStorage",
      "storage-sqlite: SqliteStorage",
      "storage-postgres: PostgresStorage",
      "storage-durable-objects: DurableObjectStorage",
    ].flatMap((name) =>
      ["open", "close", "commit", "get", "list", "events", "agents", "topics", "stats", "log"]
        .concat("onCommit", "listTenants", "dropTenant", "compact", "dump", "load")
        .map((method) => [`${name}.${method}`, OF_A_STORAGE]),
    ),
  ),
  ...Object.fromEntries(
    ["ToolHandler", "ToolHandlerWrapper"].flatMap((name) =>
      [
        "tools",
        "outputSchema",
        "availableTools",
        "knows",
        "can",
        "accessSummary",
        "toFailure",
        "causeOf",
      ].map((method) => [`tools: ${name}.${method}`, A_READER]),
    ),
  ),
  "tools: new ToolHandlerWrapper": "takes a handler alone, and is abstract",
  "tools: ToolHandlerWrapper.setRole": "hands it on to the handler, which checks it",
  "tools: ToolHandlerWrapper.handleToolCall": "answers errors instead of throwing",
  "tools: ToolHandler.handleToolCall": "answers errors instead of throwing",
  "tools: callsInOrder": "takes a handler alone",
  "tools: new KeyedQueue": "takes a timeout whose fields are required",
  "tools: KeyedQueue.run": "takes any key",
  "tools: parseCustomArguments": "takes a function alone",
  "prompts: ContextThread.next": "takes nothing",
  "prompts: estimateTokens": A_CONVERSION,
  "prompts/tokenizer: o200kTokens": A_CONVERSION,
  "openai: chatMessage": A_CONVERSION,
  "openai: customTools": A_CONVERSION,
  "anthropic: customTools": A_CONVERSION,
  "langchain: preserveInvalidToolCalls": A_CONVERSION,
  "langchain: interruptOn": "takes a list of effects, and refuses anything else",
  "langchain/store: SynthaStore.batch": LANGGRAPH,
  "langchain/store: SynthaStore.get": LANGGRAPH,
  "langchain/store: SynthaStore.search": LANGGRAPH,
  "langchain/store: SynthaStore.delete": LANGGRAPH,
  "langchain/store: SynthaStore.listNamespaces": LANGGRAPH,
  "langchain/store: SynthaStore.start": LANGGRAPH,
  "langchain/store: SynthaStore.stop": LANGGRAPH,
  "resilience: CircuitBreaker.onStateChange": "takes a listener alone, and checks it",
  "resilience: CircuitBreaker.isolate": "takes nothing",
  "resilience: CircuitBreaker.release": "takes nothing",
  "resilience: CircuitBreaker.admit": "takes nothing",
  "resilience: CircuitBreaker.settle": "takes what admit gave",
  "resilience: Policies.run": "a call that is not marked as a read is never repeated",
  "resilience: isInfrastructure": A_CONVERSION,
  "telemetry: toJsonLine": A_CONVERSION,
  "telemetry: toTextLine": A_CONVERSION,
  "telemetry: withTraceContext": "takes the fields of a message, which has others",
};

/** Methods that the system inherits from an agent are tried once. */
const SAME = [
  [
    /^core: SystemContext\.(?!explain|audience|history|log|leases|release|restore)/,
    "core: AgentContext.",
  ],
] as const;

const NO_OBJECTS: readonly [string, unknown][] = [
  ["null", null],
  ["a list", ["topics"]],
  ["an empty list", []],
  ["a string", "topics"],
  ["a number", 5],
  ["true", true],
  ["a function", () => ({})],
  ["a date", new Date()],
  ["a map", new Map([["topics", ["t"]]])],
  ["a promise that was not awaited", Promise.resolve({ topics: ["t"] })],
];

async function open(): Promise<Scene> {
  const storage = new MemoryStorage();
  await storage.open();
  const mesh = new ContextMesh({ storage, defaultRoute: { global: true } });
  const agent = mesh.agent("Ann");
  await agent.subscribe(["t"]);
  await agent.pushMany(["it", "free"].map((key) => ({ key, value: 1, topics: ["t"] })));
  const lease = (await agent.claim({ key: "it" }))!;
  return { storage, mesh, agent, lease, handler: new ToolHandler(agent) };
}

/** Runs in a scene that must not change. */
async function scene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const opened = await open();
  const { mesh, agent } = opened;
  const { revision } = await mesh.stats();
  await run(opened);
  expect((await mesh.stats()).revision).toBe(revision);
  expect(await agent.get("it")).toBe(1);
  await mesh.close();
}

async function refused(call: Call, options: unknown, scene: Scene): Promise<SynthaError> {
  try {
    await call(options as never, scene);
  } catch (error) {
    if (isSynthaError(error, "INVALID_ARGUMENTS")) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

/** What a call comes to in its own scene, which it may change: its error, or that it is taken. */
async function outcomeOf(call: Call, options: object, isEndless: boolean): Promise<string> {
  const opened = await open();
  const outcome = (async () => call(options as never, opened))().then(
    () => "taken",
    (error: unknown) => (isSynthaError(error, "INVALID_TENANT") ? error.code : String(error)),
  );
  if (!isEndless) await outcome;
  await opened.mesh.close();
  return outcome;
}

describe("options of public calls", () => {
  it("are checked by every call, except documented ones", async () => {
    const known = [WITH_OPTIONS, WITHOUT_OPTIONS, UNCHECKED].flatMap((table) =>
      Object.keys(table).map((name) => name.split(", ")[0] as string),
    );
    const calls = (await publicCalls()).map((name) =>
      SAME.reduce((each, [from, to]) => each.replace(from, to), name),
    );
    expect(calls.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !calls.includes(name))).toEqual([]);
  });

  it.each(Object.entries({ ...WITH_OPTIONS, ...WITHOUT_OPTIONS }))(
    "are refused without a change if unknown: %s",
    (_, call) =>
      scene(async (on) => {
        const { message, hint, details } = await refused(call, { nonsense: 1 }, on);
        expect(message).toMatch(/^Unknown option `([^ ]+\.)?nonsense`/);
        expect(hint).not.toBe("");
        expect(details).toHaveProperty("path", expect.stringMatching(/(^|\.)nonsense$/));
      }),
  );

  it.each(Object.entries(WITH_OPTIONS))("are suggested if misspelt: %s", (_, call) =>
    scene(async (on) => {
      const { hint } = await refused(call, { nonsense: 1 }, on);
      const names = /^(?:Did you mean .*\? )?Options of .+: (.+)\.$/.exec(hint)?.[1]?.split(", ");
      expect(names).not.toBeUndefined();
      for (const name of names!) {
        const { hint: guess } = await refused(call, { [`${name}x`]: 1 }, on);
        expect(guess).toMatch(`Did you mean \`${name}\`? Options of `);
      }
    }),
  );

  it.each(Object.entries(WITH_OPTIONS))("may be undefined: %s", (of, call) =>
    scene(async (on) => {
      const { hint } = await refused(call, { nonsense: 1 }, on);
      const names = hint.replace(/^.*Options of .+: |\.$/g, "").split(", ");
      const isEndless = of === "core: AgentContext.work";
      const without = await outcomeOf(call, {}, isEndless);
      for (const name of names) {
        const outcome = await outcomeOf(call, { [name]: undefined }, isEndless);
        expect([name, outcome]).toEqual([name, name === "tenantId" ? "INVALID_TENANT" : without]);
      }
    }),
  );

  it.each(Object.entries(WITH_OPTIONS))("are refused if not an object: %s", (_, call) =>
    scene(async (on) => {
      for (const [kind, value] of NO_OBJECTS) {
        const error = await refused(call, value, on).catch((failure: unknown) => failure);
        expect([kind, isSynthaError(error, "INVALID_ARGUMENTS") || error]).toEqual([kind, true]);
      }
    }),
  );

  it("do not fall back to the default route if misspelt", async () => {
    const mesh = new ContextMesh({ defaultRoute: { global: true } });
    const misspelt = { subscriber: ["Boss"] } as object;
    const error = await mesh
      .agent("Ann")
      .push("salary", 1, misspelt)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "INVALID_ARGUMENTS",
      message: "Unknown option `subscriber` for push.",
      hint: "Did you mean `subscribers`? Options of push: topics, subscribers, global, ttl, ifRevision, priority, notBefore, dependsOn, ifRevisions.",
    });
    expect(await mesh.agent("Stranger").get("salary")).toBeUndefined();
    await mesh.close();
  });

  it("may be a class instance, from another realm or without a prototype", async () => {
    class Options {
      topics = ["t"];
    }
    class Accessors {
      get topics(): string[] {
        return ["t"];
      }
    }
    const inherited = Object.create({ topics: ["t"] }) as object;
    const bare = Object.assign(Object.create(null) as object, { topics: ["t"] });
    const mesh = new ContextMesh();
    for (const options of [new Options(), new Accessors(), inherited, bare]) {
      await mesh.system.push("it", 1, options);
      expect((await mesh.system.getItem("it"))?.topics).toEqual(["t"]);
      await mesh.clear();
    }
    await mesh.close();
  });

  it("are not confused with callback arguments", async () => {
    const mesh = new ContextMesh();
    await mesh.system.push("it", 1, { global: true });
    const get = mesh.system.get.bind(mesh.system) as (key: string) => Promise<unknown>;
    expect(await Promise.all(["it", "none"].map(get))).toEqual([1, undefined]);
    const ending = new AbortController();
    const closed = new Promise((resolve) => {
      const close = mesh.close.bind(mesh) as (event: Event) => Promise<void>;
      ending.signal.addEventListener("abort", (event) => resolve(close(event)));
    });
    ending.abort();
    await closed;
  });
});
