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
import { failed, must } from "./support.ts";

const READS = ["list_context", "get_context", "discover_topics", "read_events"];
const CONTEXT = TOOL_NAMES.slice(0, 7);

function handlerWith<const P extends string = "">(
  options: ToolHandlerOptions<P> = {},
): ToolHandler<P> {
  return new ToolHandler(new ContextMesh().agent("Triage"), options);
}

describe("what an agent may call", () => {
  const matrix: [title: string, options: ToolHandlerOptions, tools: readonly string[]][] = [
    ["a contributor's context tools, where nothing is said", {}, CONTEXT],
    ["the reads, for readonly", { role: "readonly", toolsets: TOOLSETS }, READS],
    ["the reads of context, for readonly", { role: "readonly" }, READS.slice(0, 3)],
    [
      "all but admin, for a contributor",
      { role: "contributor", toolsets: TOOLSETS },
      TOOL_NAMES.slice(0, 13),
    ],
    ["no admin, for a contributor who has the toolset", { toolsets: ["admin"] }, []],
    [
      "subscriptions of others, for a moderator",
      { role: "moderator" },
      [...CONTEXT, "manage_subscriptions"],
    ],
    [
      "all but delete_topic, for a moderator with all toolsets",
      { role: "moderator", toolsets: TOOLSETS },
      TOOL_NAMES.filter((name) => name !== "delete_topic"),
    ],
    ["all, for an admin", { role: "admin", toolsets: TOOLSETS }, TOOL_NAMES],
    [
      "context and admin, for an admin",
      { role: "admin" },
      [...CONTEXT, "delete_topic", "manage_subscriptions"],
    ],
    [
      "what a role of one's own names",
      { role: ["get_context", "claim_task"] },
      ["get_context", "claim_task"],
    ],
    [
      "of it, what the toolsets hold",
      { role: ["get_context", "claim_task"], toolsets: ["tasks"] },
      ["claim_task"],
    ],
    ["nothing, for a role with nothing", { role: [] }, []],
    ["nothing, where no toolset is on", { role: "admin", toolsets: [] }, []],
    ["nothing, where nothing is allowed", { role: "admin", allow: [] }, []],
    ["only what is allowed", { allow: ["get_context", "claim_task"] }, ["get_context"]],
    [
      "less what is denied",
      { allow: ["get_context", "list_context"], deny: ["get_context"] },
      ["list_context"],
    ],
    ["all, where lists are null", { allow: null, deny: null }, CONTEXT],
  ];
  it.each(matrix)("is %s", async (_, options, tools) => {
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
    ["a role that there is not", { role: "superuser" }],
    ["a role named like a part of every object", { role: "constructor" }],
    ["an empty role", { role: "" }],
    ["null for a role", { role: null }],
    ["a role with a tool that there is not", { role: ["get_contxt"] }],
    ["a toolset that there is not", { toolsets: ["everything"] }],
    ["a text for the toolsets", { toolsets: "context" }],
    ["an empty text for the toolsets", { toolsets: "" }],
    ["a misspelled tool to deny", { deny: ["delete_topics"] }],
    ["a text to deny", { deny: "delete_topic" }],
    ["a hole to allow", { allow: [undefined] }],
    ["a misspelled option", { denied: ["delete_topic"] }],
    ["a prefix that no tool may have", { prefix: "my tools." }],
    ["a prefix that is too long", { prefix: "x".repeat(41) }],
    ["a time to live that is none", { defaultTtl: "soon" }],
    ["a time to live of nothing", { defaultTtl: 0 }],
    ["results of no size", { maxResultBytes: 10 }],
  ];
  it.each(wrong)("is never everything by mistake: %s is refused", (_, options) => {
    expect(() => handlerWith(options as ToolHandlerOptions)).toThrow(
      expect.toSatisfy(
        (error: unknown) => isSynthaError(error, "INVALID_ARGUMENTS") && error.hint !== "",
      ),
    );
  });

  it("changes at run time: the next call and listing go by it", async () => {
    const handler = handlerWith({ toolsets: ["context"] });
    handler.deny.add("push_context", "delete_context");
    expect(handler.can("push_context")).toBe(false);
    const denied = await failed(
      handler.handleToolCall("push_context", { key: "a", value: "b", global: true }),
    );
    expect(denied).toEqual({
      success: false,
      code: "TOOL_DENIED",
      error: "Triage may not call push_context: it is denied.",
      hint: "Available: list_context, get_context, subscribe_to_topics, unsubscribe_from_topics, discover_topics.",
      retry: "never",
    });
    handler.deny.remove("push_context");
    await must(handler.handleToolCall("push_context", { key: "a", value: "b", global: true }));
    handler.allow.set([]);
    expect(handler.tools()).toEqual([]);
    expect((await failed(handler.handleToolCall("list_context"))).hint).toBe(
      "No tool is available.",
    );
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
    ["readonly", {}, READS.slice(0, 3)],
    ["admin", {}, [...CONTEXT, "delete_topic", "manage_subscriptions"]],
    ["admin", { toolsets: ["context"] }, CONTEXT],
    ["contributor", { role: "admin" }, CONTEXT],
    ["contributor", { role: ["get_context", "claim_task"] }, CONTEXT],
    [["get_context", "claim_task"], { role: "readonly" }, ["get_context", "claim_task"]],
    [["get_context", "claim_task"], { toolsets: ["tasks"] }, ["claim_task"]],
    ["readonly", { role: "admin", deny: ["get_context"] }, ["list_context", "discover_topics"]],
    [
      "admin",
      { role: "readonly", allow: ["get_context", "delete_topic"] },
      ["get_context", "delete_topic"],
    ],
    [[], { role: "admin" }, []],
  ];
  it.each(roles)("is that of the role %j once %j was given it", async (role, options, tools) => {
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
    "stays as it is when the new role is %j, which there is not",
    (role) => {
      const handler = handlerWith({ role: "moderator" });
      const before = handler.accessSummary();
      expect(() => handler.setRole(role as Role)).toThrow(
        expect.toSatisfy((error: unknown) => isSynthaError(error, "INVALID_ARGUMENTS")),
      );
      expect(handler.accessSummary()).toEqual(before);
    },
  );

  it("is not changed by what becomes of a role's list", () => {
    const role: ToolName[] = ["get_context"];
    const handler = handlerWith();
    handler.setRole(role);
    role.push("push_context");
    (handler.role as ToolName[]).push("delete_context");
    expect(handler.availableTools()).toEqual(["get_context"]);
  });

  it("is summed up with the reason for each tool that is not there", () => {
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

  it("names tools with the prefix wherever a model reads or says them", async () => {
    const handler = handlerWith({ prefix: "mesh_" });
    expect(handler.tools().every(({ name }) => name.startsWith("mesh_"))).toBe(true);
    expect(handler.can("mesh_get_context") && handler.can("get_context")).toBe(true);
    await must(handler.handleToolCall("mesh_push_context", { key: "a", value: "b", global: true }));
    const conflict = await failed(
      handler.handleToolCall("mesh_push_context", { key: "a", value: "c", if_revision: 0 }),
    );
    expect(conflict.hint).toBe(
      'Call mesh_get_context with keys ["a"], then call mesh_push_context with if_revision 1.',
    );
    const bare = await failed(handler.handleToolCall("get_context", {}));
    expect(bare).toMatchObject({
      code: "UNKNOWN_TOOL",
      hint: expect.stringContaining("Did you mean mesh_get_context?"),
    });
  });

  it("never sends an agent to a tool that it does not have", async () => {
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
      const { hint } = await failed(alone(tool).handleToolCall(tool as string, args));
      expect(hint).not.toBe("");
      const named = TOOL_NAMES.filter((name) => name !== tool && hint.includes(name));
      expect({ tool, args, named }).toEqual({ tool, args, named: [] });
    }
    const pushed = await must(
      alone("push_context").handleToolCall("push_context", {
        key: "n",
        value: "x",
        topics: ["void"],
      }),
    );
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
  it.each(guesses)("guesses what %s was to be", async (name, nearest) => {
    const answer = await failed(handlerWith().handleToolCall(name, {}));
    expect(answer).toMatchObject({ code: "UNKNOWN_TOOL", hint: expect.stringContaining(nearest) });
  });

  it("comes from one table for many agents", async () => {
    const mesh = new ContextMesh();
    const handlers = toolHandlers(mesh, {
      Reader: { role: "readonly" },
      Writer: { prefix: "w_" },
    });
    await must(
      handlers.Writer.handleToolCall("w_push_context", { key: "a", value: "b", global: true }),
    );
    expect(await must(handlers.Reader.handleToolCall("list_context"))).toMatchObject({
      keys: ["a"],
    });
    expect(handlers.Reader.agentName).toBe("Reader");
    expect(handlers.Reader.can("push_context")).toBe(false);
  });

  it("comes from one list for many agents with the same options", async () => {
    const mesh = new ContextMesh();
    const readers = toolHandlers(mesh, ["Ann", "Bob"], { role: "readonly" });
    expect(Object.keys(readers)).toEqual(["Ann", "Bob"]);
    expect(readers.Bob.agentName).toBe("Bob");
    readers.Ann.setRole("contributor");
    expect([readers.Ann, readers.Bob].map((each) => each.can("push_context"))).toEqual([
      true,
      false,
    ]);
    const { Cy } = toolHandlers(mesh, ["Cy"]);
    expect(Cy.availableTools()).toEqual(CONTEXT);
    expect(toolHandlers(mesh, [])).toEqual({});
    expect(() => toolHandlers(mesh, ["Ann", ""])).toThrow("agent name");
    expect(() => toolHandlers(mesh, ["Ann"], { role: "root" as never })).toThrow(
      'Unknown role "root".',
    );
  });
});
