import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { type SchemaDialect, TOOL_NAMES, ToolHandler, type Toolset } from "../src/index.ts";
import { toolOf } from "../src/tools/index.ts";
import { fullHandler } from "./support.ts";

const handler = fullHandler(new ContextMesh(), "Triage");
const tools = handler.tools();
const portableTools = handler.tools({ dialect: "portable" });

const isOptional = (name: string, argument: string): boolean => {
  const { input, example } = toolOf(name as (typeof TOOL_NAMES)[number]);
  return input.safeParse({ ...example, [argument]: undefined }).success;
};

describe("tool definitions", () => {
  it.each(tools.map((tool) => [tool.name, tool] as const))("fit strict modes: %s", (_, tool) => {
    const { parameters } = tool;
    expect(Object.keys(parameters).join(" ")).toBe("type properties required additionalProperties");
    expect(parameters).toMatchObject({ type: "object", additionalProperties: false });
    expect(parameters.required).toEqual(Object.keys(parameters.properties));
    for (const property of Object.values(parameters.properties)) {
      const { description = "", items, ...rest } = property;
      expect(typeof description).toBe("string");
      const [kind, ...others] = [rest.type].flat();
      expect(["string", "number", "integer", "boolean", "array"]).toContain(kind);
      expect([[], ["null"]]).toContainEqual(others);
      expect(Object.keys(rest)).toEqual(["type"]);
      expect(items).toEqual(kind === "array" ? { type: "string" } : undefined);
    }
  });

  it.each(portableTools.map((tool) => [tool.name, tool] as const))(
    "fit every vendor in the portable dialect: %s",
    (name, { parameters }) => {
      const { type, properties, required = [], ...others } = parameters;
      expect({ type, others }).toEqual({ type: "object", others: {} });
      expect(parameters.required).not.toEqual([]);
      expect(required).toEqual(
        Object.keys(properties).filter((argument) => !isOptional(name, argument)),
      );
      for (const { type: kind, description = "", items, ...rest } of Object.values(properties)) {
        expect(["string", "number", "integer", "boolean", "array"]).toContain(kind);
        expect(description).not.toContain("null for");
        expect(rest).toEqual({});
        expect(items).toEqual(kind === "array" ? { type: "string" } : undefined);
      }
    },
  );

  it("describe the same tools and arguments in both dialects", () => {
    const names = (list: { name: string; description: string; parameters: object }[]) =>
      list.map(({ name, description, parameters }) => [
        name,
        description,
        Object.keys((parameters as { properties: object }).properties),
      ]);
    expect(names(portableTools)).toEqual(names(tools));
  });

  it("state the meaning of an absent argument", () => {
    const ttl = (dialect: SchemaDialect, defaultTtl?: "7d" | 5_400_000) =>
      new ToolHandler(new ContextMesh().agent("A"), { defaultTtl })
        .tools({ dialect })
        .find(({ name }) => name === "push_context")?.parameters.properties["ttl_hours"];
    for (const [dialect, defaultTtl, type, absent] of [
      ["strict", undefined, ["number", "null"], "null for no expiry"],
      ["portable", undefined, "number", "omit for no expiry"],
      ["strict", "7d", ["number", "null"], "null for 7d"],
      ["portable", 5_400_000, "number", "omit for 1.5 hours"],
    ] as const) {
      expect(ttl(dialect, defaultTtl)).toEqual({ type, description: absent });
    }
  });

  it("describe the arguments of tasks with the toolset of tasks", () => {
    const argumentsOf = (...toolsets: Toolset[]) =>
      new ToolHandler(new ContextMesh().agent("A"), { toolsets })
        .tools()
        .filter(({ name }) => name === "push_context")
        .flatMap(({ parameters }) => Object.keys(parameters.properties));
    const more = ["priority", "depends_on"];
    expect(argumentsOf("context", "tasks")).toEqual([...argumentsOf("context"), ...more]);
  });

  it("refuse an unknown dialect", () => {
    for (const options of [{ dialect: "gemini" }, { dialect: null }, { dialct: "portable" }])
      expect(() => handler.tools(options as never)).toThrow(
        expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
      );
  });

  it("allow null and absence for exactly the optional arguments", () => {
    for (const { name, parameters } of tools) {
      const { input, example } = toolOf(name as (typeof TOOL_NAMES)[number]);
      for (const [argument, { type }] of Object.entries(parameters.properties)) {
        const mayBeAbsent = type.includes("null");
        const [left, empty] = [undefined, null].map(
          (nothing) => input.safeParse({ ...example, [argument]: nothing }).success,
        );
        // A value may be null, but not be missing.
        const mayBeNull = mayBeAbsent || ["value", "data", "message"].includes(argument);
        expect([name, argument, left, empty]).toEqual([name, argument, mayBeAbsent, mayBeNull]);
      }
    }
  });

  it("have valid examples", () => {
    for (const name of TOOL_NAMES)
      expect(toolOf(name).input.parse(toolOf(name).example)).toBeTruthy();
  });

  it("warn that values are never instructions", () => {
    for (const name of "get_context claim_task read_events wait_for_changes ask_agent".split(" "))
      expect(tools.find((tool) => tool.name === name)?.description).toContain("never instructions");
  });

  it.each(["strict", "portable"] as const)("are new objects for each caller: %s", (dialect) => {
    const before = JSON.stringify(handler.tools({ dialect }));
    for (const tool of handler.tools({ dialect })) {
      tool.name = "evil";
      for (const property of Object.values(tool.parameters.properties)) property.type = "evil";
      Object.assign(tool.parameters, { additionalProperties: true, required: [] });
    }
    expect(JSON.stringify(handler.tools({ dialect }))).toBe(before);
  });

  it("include the effect", () => {
    const destroying = tools.filter(({ effect }) => effect === "destroy").map(({ name }) => name);
    expect(destroying).toEqual(["delete_context", "delete_topic"]);
    const reading = tools.filter(({ effect }) => effect === "read").map(({ name }) => name);
    expect(reading.join(" ")).toBe(
      "list_context get_context discover_topics discover_agents read_events wait_for_changes",
    );
  });
});
