import { readFileSync } from "node:fs";
import { ContextMesh, ERROR_CODES } from "@syntha/core";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import { describe, expect, it } from "vitest";
import { AGENTS_PARAGRAPH, SKILL } from "../src/skill.ts";

const handler = new ToolHandler(new ContextMesh().agent("Claude"), { toolsets: TOOLSETS });

/** The names of tools, of their arguments, and of what they return. */
const known = new Set<string>(
  handler.tools({ dialect: "portable" }).flatMap(({ name, parameters }) => {
    const schemas = [parameters, handler.outputSchema(name)];
    return [name, ...schemas.flatMap(propertiesOf), "code", "hint", "retry"];
  }),
);

function propertiesOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties" ? Object.keys(value as object) : []),
    ...propertiesOf(value),
  ]);
}

describe.each([
  ["skill", SKILL],
  ["paragraph", AGENTS_PARAGRAPH],
])("the %s for coding agents", (_, text) => {
  const quoted = [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);

  it("names existing tools, arguments and fields", () => {
    const names = quoted
      .filter((name) => /^[a-z][a-z_]+(: .+)?$/.test(name))
      .map((name) => name.split(":")[0] as string);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !known.has(name) && name !== "syntha")).toEqual([]);
  });

  it("names existing error codes", () => {
    const codes = quoted.filter((name) => /^[A-Z_]+$/.test(name));
    expect(codes.filter((code) => !(ERROR_CODES as readonly string[]).includes(code))).toEqual([]);
  });

  it("stands in the documentation as it is", () => {
    const page = readFileSync(new URL("../../../docs/mcp.md", import.meta.url), "utf8");
    expect(page).toContain(`\`\`\`\`md\n${text}\`\`\`\``);
  });
});

it("has the head that coding agents look for in a skill", () => {
  expect(SKILL).toMatch(/^---\nname: [a-z-]{1,64}\ndescription: .{1,1024}\n---\n/);
});
