import { readFileSync } from "node:fs";
import { ContextMesh, ERROR_CODES } from "@syntha/core";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import { describe, expect, it } from "vitest";
import { AGENTS_PARAGRAPH, SKILL } from "../src/skill.ts";
import { connect } from "./support/connect.ts";

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

it("has steps that work for two agents over MCP", async () => {
  const mesh = new ContextMesh();
  const toolsets = ["context", "tasks", "live"] as const;
  const join = async (name: string) => {
    const { client } = await connect(mesh.agent(name), "modern", { toolsets });
    return async (tool: string, args: Record<string, unknown> = {}) => {
      const { structuredContent, content } = await client.callTool({ name: tool, arguments: args });
      const [first] = content as { text: string }[];
      return (structuredContent ?? JSON.parse(first?.text ?? "")) as Record<string, unknown>;
    };
  };
  const [claude, codex] = [await join("Claude"), await join("Codex")];
  const { cursor } = await claude("wait_for_changes", { timeout_seconds: 0.1 });
  await claude("subscribe_to_topics", { topics: ["api"] });

  const work = { key: "work/login-page", value: "mine", global: true, if_revision: 0 };
  expect(await codex("push_context", work)).toMatchObject({ success: true });
  expect(await claude("push_context", work)).toMatchObject({ code: "CONFLICT" });

  await codex("push_context", { key: "decision/auth", value: "Passkeys.", topics: ["api"] });
  const { changes } = await claude("wait_for_changes", { since: cursor, timeout_seconds: 60 });
  expect(changes).toMatchObject([{ key: "work/login-page" }, { key: "decision/auth" }]);
  const { meta } = await claude("get_context", { keys: ["decision/auth"] });
  const { revision } = (meta as Record<string, { revision: number }>)["decision/auth"]!;
  const replace = { key: "decision/auth", value: "Passwords.", if_revision: revision };
  expect(await claude("push_context", replace)).toMatchObject({ success: true });
  expect(await codex("push_context", replace)).toMatchObject({ code: "CONFLICT" });

  await codex("push_context", { key: "task", value: "Write the test.", topics: ["tasks/api"] });
  await claude("subscribe_to_topics", { topics: ["tasks/api"] });
  const { task } = await claude("claim_task", { topics: ["tasks/api"] });
  const { key, token } = task as { key: string; token: string };
  expect(await codex("claim_task", { key })).toMatchObject({ task: null });
  await claude("release_task", { key, token, error: "question: Which one?", retry_in_minutes: 5 });
  expect(await claude("complete_task", { key, token })).toMatchObject({ code: "STALE_TOKEN" });
});

it("has the head that coding agents look for in a skill", () => {
  expect(SKILL).toMatch(/^---\nname: [a-z-]{1,64}\ndescription: .{1,1024}\n---\n/);
});
