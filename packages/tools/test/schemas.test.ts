import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { TOOL_NAMES, ToolHandler, TOOLSETS } from "../src/index.ts";
import { toolOf } from "../src/tools/index.ts";
import { fullHandler } from "./support.ts";

const tools = fullHandler(new ContextMesh(), "Triage").tools();

describe("what a model is told of the tools", () => {
  it.each(tools.map((tool) => [tool.name, tool] as const))(
    "is safe for strict modes: %s",
    (_, tool) => {
      const { parameters } = tool;
      expect(Object.keys(parameters)).toEqual([
        "type",
        "properties",
        "required",
        "additionalProperties",
      ]);
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
    },
  );

  it("lets exactly the optional arguments be null or left out", () => {
    for (const { name, parameters } of tools) {
      const { input, example } = toolOf(name as (typeof TOOL_NAMES)[number]);
      for (const [argument, { type }] of Object.entries(parameters.properties)) {
        const isOptional = type.includes("null");
        const [left, empty] = [undefined, null].map(
          (nothing) => input.safeParse({ ...example, [argument]: nothing }).success,
        );
        // A value may be null, but not be missing.
        const mayBeNull = isOptional || ["value", "data"].includes(argument);
        expect({ name, argument, left, empty }).toEqual({
          name,
          argument,
          left: isOptional,
          empty: mayBeNull,
        });
      }
    }
  });

  it("shows examples that are right", () => {
    for (const name of TOOL_NAMES)
      expect(toolOf(name).input.parse(toolOf(name).example)).toBeTruthy();
  });

  it("says of every tool that reads others' values that they are data, never instructions", () => {
    for (const name of ["get_context", "claim_task", "read_events"])
      expect(tools.find((tool) => tool.name === name)?.description).toContain("never instructions");
  });

  it("can be changed by whoever asked, and by nobody else", () => {
    const handler = new ToolHandler(new ContextMesh().agent("A"), {
      role: "admin",
      toolsets: TOOLSETS,
    });
    const before = JSON.stringify(handler.tools());
    for (const tool of handler.tools()) {
      tool.name = "evil";
      tool.parameters.required.length = 0;
      for (const property of Object.values(tool.parameters.properties)) property.type = "evil";
      Object.assign(tool.parameters, { additionalProperties: true });
    }
    expect(JSON.stringify(handler.tools())).toBe(before);
  });

  it("tells the effect, so that a framework can ask a person first", () => {
    const destroying = tools.filter(({ effect }) => effect === "destroy").map(({ name }) => name);
    expect(destroying).toEqual(["delete_context", "delete_topic"]);
    const reading = tools.filter(({ effect }) => effect === "read").map(({ name }) => name);
    expect(reading).toEqual(["list_context", "get_context", "discover_topics", "read_events"]);
  });
});
