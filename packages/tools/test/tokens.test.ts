import { readFileSync } from "node:fs";
import { ContextMesh } from "@syntha/core";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { type ToolDefinition, ToolHandler, TOOLSETS, type Toolset } from "../src/index.ts";

/** A tool in a request to OpenAI. */
const asFunction = ({ name, description, parameters }: ToolDefinition) => ({
  type: "function",
  function: { name, description, parameters, strict: true },
});

const tokensOf = (value: unknown): number => encode(JSON.stringify(value)).length;

function definitions(toolsets?: readonly Toolset[]): ToolDefinition[] {
  const agent = new ContextMesh().agent("Triage");
  return new ToolHandler(agent, toolsets ? { role: "admin", toolsets } : {}).tools();
}

describe("tokens of the tools", () => {
  const all = definitions(TOOLSETS);

  it("are at most 900 by default and 2,000 for all", () => {
    const byTool = all.map(
      (tool) => `${String(tokensOf(asFunction(tool))).padStart(6)}  ${tool.name}`,
    );
    const [standard, everything] = [definitions(), all].map((tools) =>
      tokensOf(tools.map(asFunction)),
    );
    console.log(
      [
        ...byTool,
        `${String(standard).padStart(6)}  default`,
        `${String(everything).padStart(6)}  all toolsets`,
      ].join("\n"),
    );
    expect(standard).toBeLessThanOrEqual(900);
    expect(everything).toBeLessThanOrEqual(2_000);
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const documented = /take ([\d,]+) tokens of each request, all of them ([\d,]+)/.exec(readme);
    expect(documented?.slice(1)).toEqual(
      [standard, everything].map((count) => count?.toLocaleString("en-US")),
    );
  });
});
