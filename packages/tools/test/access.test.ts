import { ContextMesh, isSynthaError } from "@syntha/core";
import { describe, expect, it } from "vitest";
import {
  type Role,
  TOOL_NAMES,
  ToolHandler,
  type ToolHandlerOptions,
  toolHandlers,
  type ToolName,
  TOOLSETS,
} from "../src/index.ts";
import { failureOf, resultOf } from "./support.ts";

const READS = [
  "list_context",
  "get_context",
  "discover_topics",
  "discover_agents",
  "read_events",
  "wait_for_changes",
];
const CONTEXT = TOOL_NAMES.slice(0, TOOL_NAMES.indexOf("claim_task"));

function handlerWith<const P extends string = "">(
  options: ToolHandlerOptions<P> = {},
): ToolHandler<P> {
  return new ToolHandler(new ContextMesh().agent("Triage"), { maxWait: 1, ...options });
}

describe("access of an agent", () => {
  const matrix: [title: string, options: ToolHandlerOptions, tools: readonly string[]][] = [
    ["the context tools by default", {}, CONTEXT],
    ["tools that read, for readonly", { role: "readonly", toolsets: TOOLSETS }, READS],
    ["context tools that read, for readonly", { role: "readonly" }, READS.slice(0, 4)],
    [
      "all but admin tools, for a contributor",
      { role: "contributor", toolsets: TOOLSETS },
      TOOL_NAMES.slice(0, TOOL_NAMES.indexOf("delete_topic")),
    ],
    ["no admin tools, for a contributor with the toolset", { toolsets: ["admin"] }, []],
    ["one more tool, for a moderator", { role: "moderator" }, [...CONTEXT, "manage_subscriptions"]],
    [
      "all but delete_topic, for a moderator with all toolsets",
      { role: "moderator", toolsets: TOOLSETS },
      TOOL_NAMES.filter((name) => name !== "delete_topic"),
    ],
    ["all, for an admin", { role: "admin", toolsets: TOOLSETS }, TOOL_NAMES],
    ["both, for an admin", { role: "admin" }, [...CONTEXT, "delete_topic", "manage_subscriptions"]],
    ["a custom role", { role: ["get_context", "claim_task"] }, ["get_context", "claim_task"]],
    [
      "the tools of a custom role within the toolsets",
      { role: ["get_context", "claim_task"], toolsets: ["tasks"] },
      ["claim_task"],
    ],
    ["nothing, for an empty role", { role: [] }, []],
    ["nothing, without toolsets", { role: "admin", toolsets: [] }, []],
    ["nothing, with an empty allow list", { role: "admin", allow: [] }, []],
    ["only tools in the allow list", { allow: ["get_context", "claim_task"] }, ["get_context"]],
    [
      "no tools in the deny list",
      { allow: ["get_context", "list_context"], deny: ["get_context"] },
      ["list_context"],
    ],
    ["all, if the lists are null", { allow: null, deny: null }, CONTEXT],
  ];
  it.each(matrix)("includes %s", async (_, options, tools) => {
    const handler = handlerWith(options);
    expect(handler.availableTools()).toEqual(tools);
    expect(handler.tools().map(({ name }) => name)).toEqual(tools);
    for (const name of TOOL_NAMES) {
      expect(handler.can(name)).toBe(tools.includes(name));
      const answer = await handler.handleToolCall(name as string, {});
      expect(!answer.success && answer.code === "TOOL_DENIED").toBe(!tools.includes(name));
    }
    const { available, unavailable } = handler.accessSummary();
    expect([...available, ...unavailable.map(({ tool }) => tool)].toSorted()).toEqual(
      TOOL_NAMES.toSorted(),
    );
  });

  const wrong: [title: string, options: unknown][] = [
    ["an unknown role", { role: "superuser" }],
    ["an inherited property as a role", { role: "constructor" }],
    ["an empty role", { role: "" }],
    ["null as a role", { role: null }],
    ["a role with an unknown tool", { role: ["get_contxt"] }],
    ["an unknown toolset", { toolsets: ["everything"] }],
    ["text as the toolsets", { toolsets: "context" }],
    ["empty text as the toolsets", { toolsets: "" }],
    ["a misspelled tool to deny", { deny: ["delete_topics"] }],
    ["text to deny", { deny: "delete_topic" }],
    ["a hole to allow", { allow: [undefined] }],
    ["an invalid prefix", { prefix: "my tools." }],
    ["a prefix that is too long", { prefix: "x".repeat(41) }],
    ["an invalid time to live", { defaultTtl: "soon" }],
    ["a time to live of zero", { defaultTtl: 0 }],
    ["a result size that is too small", { maxResultBytes: 10 }],
    ["a wait without a unit", { maxWait: "30" }],
    ["a wait of zero", { maxWait: 0 }],
  ];
  it.each(wrong)("refuses invalid options: %s", (_, options) => {
    expect(() => handlerWith(options as ToolHandlerOptions)).toThrow(
      expect.toSatisfy(
        (error: unknown) => isSynthaError(error, "INVALID_ARGUMENTS") && error.hint !== "",
      ),
    );
  });

  it("changes for the next call and listing", async () => {
    const handler = handlerWith({ toolsets: ["context"] });
    handler.deny.add("push_context", "delete_context");
    expect(handler.can("push_context")).toBe(false);
    const denied = await failureOf(handler, "push_context", { key: "a", value: "b", global: true });
    expect(denied).toEqual({
      success: false,
      code: "TOOL_DENIED",
      error: "Triage may not call push_context: it is denied.",
      hint: "Available: list_context, get_context, edit_context, subscribe_to_topics, unsubscribe_from_topics, discover_topics, discover_agents.",
      retry: "never",
    });
    handler.deny.remove("push_context");
    await resultOf(handler, "push_context", { key: "a", value: "b", global: true });
    handler.allow.set([]);
    expect(handler.tools()).toEqual([]);
    expect((await failureOf(handler, "list_context")).hint).toBe("No tool is available.");
    handler.allow.add("list_context");
    expect(handler.availableTools()).toEqual(["list_context"]);
    handler.allow.set(null);
    handler.allow.remove("list_context");
    handler.deny.set(null);
    expect(handler.availableTools()).toEqual(CONTEXT.filter((name) => name !== "list_context"));
    expect(() => handler.deny.add("delete_topics" as ToolName)).toThrow(
      'Unknown tool "delete_topics" in `deny`.',
    );
  });

  const roles: [role: Role, options: ToolHandlerOptions, tools: readonly string[]][] = [
    ["readonly", {}, READS.slice(0, 4)],
    ["admin", {}, [...CONTEXT, "delete_topic", "manage_subscriptions"]],
    ["admin", { toolsets: ["context"] }, CONTEXT],
    ["contributor", { role: "admin" }, CONTEXT],
    ["contributor", { role: ["get_context", "claim_task"] }, CONTEXT],
    [["get_context", "claim_task"], { role: "readonly" }, ["get_context", "claim_task"]],
    [["get_context", "claim_task"], { toolsets: ["tasks"] }, ["claim_task"]],
    [
      "readonly",
      { role: "admin", deny: ["get_context"] },
      ["list_context", "discover_topics", "discover_agents"],
    ],
    [
      "admin",
      { role: "readonly", allow: ["get_context", "delete_topic"] },
      ["get_context", "delete_topic"],
    ],
    [[], { role: "admin" }, []],
  ];
  it.each(roles)("follows the role %j after setRole on %j", async (role, options, tools) => {
    const handler = handlerWith(options);
    handler.setRole(role);
    const fresh = handlerWith({ ...options, role });
    expect(handler.availableTools()).toEqual(tools);
    expect(handler.accessSummary()).toEqual(fresh.accessSummary());
    expect(handler.role).toEqual(role);
    for (const name of TOOL_NAMES) {
      const answer = await handler.handleToolCall(name as string, {});
      expect(answer).toEqual(await fresh.handleToolCall(name as string, {}));
    }
  });

  it.each(["superuser", "constructor", "", null, undefined, ["get_contxt"]])(
    "stays if setRole refuses %j",
    (role) => {
      const handler = handlerWith({ role: "moderator" });
      const before = handler.accessSummary();
      expect(() => handler.setRole(role as Role)).toThrow(
        expect.toSatisfy((error: unknown) => isSynthaError(error, "INVALID_ARGUMENTS")),
      );
      expect(handler.accessSummary()).toEqual(before);
    },
  );

  it("does not share the role's list with callers", () => {
    const role: ToolName[] = ["get_context"];
    const handler = handlerWith();
    handler.setRole(role);
    role.push("push_context");
    (handler.role as ToolName[]).push("delete_context");
    expect(handler.availableTools()).toEqual(["get_context"]);
  });

  it("has a summary with a reason for each unavailable tool", () => {
    const handler = handlerWith({
      role: "readonly",
      allow: ["list_context"],
      deny: ["read_events"],
      prefix: "m_",
    });
    const summary = handler.accessSummary();
    expect(summary).toMatchObject({
      agent: "Triage",
      role: "readonly",
      toolsets: ["context"],
      allow: ["list_context"],
      deny: ["read_events"],
      available: ["list_context"],
    });
    const reasons = Object.fromEntries(
      summary.unavailable.map(({ tool, reason }) => [tool, reason]),
    );
    expect(reasons).toMatchObject({
      read_events: "it is denied",
      push_context: 'the role "readonly" does not include it',
      get_context: "it is not in the allow list",
    });
    (summary.available as string[]).push("delete_topic");
    expect(handler.can("delete_topic")).toBe(false);
    const role: Role = ["get_context"];
    const own = handlerWith({ role });
    (role as ToolName[]).push("push_context");
    expect(own.can("push_context")).toBe(false);
  });

  it("uses the prefix in every name that a model sees", async () => {
    const handler = handlerWith({ prefix: "mesh_" });
    expect(handler.tools().every(({ name }) => name.startsWith("mesh_"))).toBe(true);
    expect(handler.can("mesh_get_context") && handler.can("get_context")).toBe(true);
    await resultOf(handler, "mesh_push_context", { key: "a", value: "b", global: true });
    const second = { key: "a", value: "c", if_revision: 0 };
    expect((await failureOf(handler, "mesh_push_context", second)).hint).toBe(
      'Call mesh_get_context with keys ["a"], then call mesh_push_context with if_revision 1.',
    );
    const hint = expect.stringContaining("Did you mean mesh_get_context?");
    const bare = await failureOf(handler, "get_context", {});
    expect(bare).toMatchObject({ code: "UNKNOWN_TOOL", hint });
  });

  it("never directs an agent to an unavailable tool", async () => {
    const mesh = new ContextMesh();
    await mesh.system.push("taken", 1, { subscribers: ["Boss"] });
    await mesh.system.push("plan", 1, { global: true });
    const alone = (tool: ToolName) => new ToolHandler(mesh.agent("Lone"), { role: [tool] });
    const calls: [tool: ToolName, args: object][] = [
      ["push_context", { key: "plan", value: "x", if_revision: 1 }],
      ["push_context", { key: "plan", value: "x", topics: ["a"] }],
      ["push_context", { key: "taken", value: "x" }],
      ["push_context", { key: "new", value: "x" }],
      ["delete_context", { key: "plan" }],
      ["delete_context", { key: "none" }],
      ["claim_task", { topic: "work" }],
      ["complete_task", { key: "plan", token: "x" }],
      ["delete_topic", { topic: "none" }],
      ["read_events", { since: "x" }],
      ["get_context", { page: "x" }],
    ];
    for (const [tool, args] of calls) {
      const { hint } = await failureOf(alone(tool), tool, args);
      expect(hint).not.toBe("");
      const named = TOOL_NAMES.filter((name) => name !== tool && hint.includes(name));
      expect({ tool, args, named }).toEqual({ tool, args, named: [] });
    }
    const pushed = await resultOf(alone("push_context"), "push_context", {
      key: "n",
      value: "x",
      topics: ["void"],
    });
    expect(pushed.hint).toBe(
      "No agent is subscribed to the topics in topics_without_subscribers yet.",
    );
  });

  const guesses: [name: string, nearest: string][] = [
    ["push_contxt", "Did you mean push_context? "],
    ["pushContext", "Did you mean push_context? "],
    ["get", "Did you mean get_context? "],
    ["subscribe", "Did you mean subscribe_to_topics"],
    ["functions.list_context", "Did you mean list_context"],
  ];
  it.each(guesses)("suggests a name for %s", async (name, nearest) => {
    const answer = await failureOf(handlerWith(), name, {});
    expect(answer).toMatchObject({ code: "UNKNOWN_TOOL", hint: expect.stringContaining(nearest) });
  });

  it("is configured for several agents by a table", async () => {
    const mesh = new ContextMesh();
    const handlers = toolHandlers(mesh, { Reader: { role: "readonly" }, Writer: { prefix: "w_" } });
    await resultOf(handlers.Writer, "w_push_context", { key: "a", value: "b", global: true });
    expect(await resultOf(handlers.Reader, "list_context")).toMatchObject({ keys: ["a"] });
    expect(handlers.Reader.agentName).toBe("Reader");
    expect(handlers.Reader.can("push_context")).toBe(false);
  });

  it("is configured for several agents by a list", async () => {
    const mesh = new ContextMesh();
    const readers = toolHandlers(mesh, ["Ann", "Bob"], { role: "readonly" });
    expect(Object.keys(readers)).toEqual(["Ann", "Bob"]);
    expect(readers.Bob.agentName).toBe("Bob");
    readers.Ann.setRole("contributor");
    expect(readers.Ann.can("push_context")).toBe(true);
    expect(readers.Bob.can("push_context")).toBe(false);
    const { Cy } = toolHandlers(mesh, ["Cy"]);
    expect(Cy.availableTools()).toEqual(CONTEXT);
    expect(toolHandlers(mesh, [])).toEqual({});
    expect(() => toolHandlers(mesh, ["Ann", ""])).toThrow("agent name");
    expect(() => toolHandlers(mesh, ["Ann"], { role: "root" as never })).toThrow(
      'Unknown role "root".',
    );
  });
});
