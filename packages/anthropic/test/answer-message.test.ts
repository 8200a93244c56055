import Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { ContextMesh } from "@syntha/core";
import { ToolHandler } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { type AnsweredMessage, answerMessage, messageTools, customTools } from "../src/index.ts";
import { streamCalls } from "./call-stream.ts";

function newHandler(): ToolHandler {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  return new ToolHandler(mesh.agent("Worker"));
}

const use = (id: string, name: string, input: unknown) =>
  ({ type: "tool_use", id, name, input, caller: { type: "direct" } }) as const;

const message = (
  content: readonly object[],
  stop_reason: Anthropic.StopReason = "tool_use",
): AnsweredMessage => ({ content: content as Anthropic.ContentBlock[], stop_reason });

it("answers only tool_use blocks", async () => {
  const handler = newHandler();
  const others = [
    { type: "thinking", thinking: "…", signature: "s" },
    { type: "text", text: "Looking." },
    { type: "server_tool_use", id: "srv_1", name: "web_search", input: {} },
  ];
  expect(await answerMessage(handler, message(others, "end_turn"))).toBeUndefined();
  const answer = await answerMessage(handler, message([...others, use("t1", "list_context", {})]));
  expect(answer?.content).toMatchObject([{ type: "tool_result", tool_use_id: "t1" }]);
});

it("defines tools in the portable or the strict dialect", () => {
  const handler = newHandler();
  for (const [strict, dialect] of [
    [false, "portable"],
    [true, "strict"],
  ] as const) {
    expect(messageTools(handler, { strict }).map(({ input_schema }) => input_schema)).toEqual(
      handler.tools({ dialect }).map(({ parameters }) => parameters),
    );
  }
});

it("marks only failures as errors", async () => {
  const calls = [
    use("t1", "push_context", { key: "a", value: "1", global: true }),
    use("t2", "push_context", { key: "b", value: "1" }),
    use("t3", "send_email", {}),
  ];
  const answer = await answerMessage(newHandler(), message(calls));
  const answered = answer?.content.map(({ is_error, content }) => [
    is_error,
    JSON.parse(content as string).code,
  ]);
  expect(answered).toEqual([
    [undefined, undefined],
    [true, "ROUTE_REQUIRED"],
    [true, "UNKNOWN_TOOL"],
  ]);
});

it("does not run a truncated call", async () => {
  const handler = newHandler();
  // The condition of the write may be missing.
  const calls = [
    use("t1", "push_context", { key: "a", value: "1", global: true }),
    use("t2", "push_context", { key: "b", value: "1", global: true }),
  ];
  const answer = await answerMessage(handler, message(calls, "max_tokens"));
  expect(answer?.content.map(({ is_error }) => is_error)).toEqual([undefined, true]);
  expect(answer?.content[1]?.content).toContain("INVALID_ARGUMENTS");
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: ["a"] });
});

it("does not run a streamed call whose arguments the SDK completed", async () => {
  const handler = newHandler();
  const truncated = '{"key":"a","value":"1","global":true,"if_rev';
  const baseURL = await streamCalls([{ name: "push_context", text: truncated }], "tool_use");
  const streamed = await new Anthropic({ baseURL, apiKey: "any" }).messages
    .stream({ model: "played", max_tokens: 100, messages: [{ role: "user", content: "Go." }] })
    .finalMessage();
  expect(streamed.content).toMatchObject([{ input: { key: "a", value: "1", global: true } }]);
  const answer = await answerMessage(handler, streamed);
  expect(answer?.content[0]?.content).toContain("INVALID_ARGUMENTS");
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: [] });
});

it("passes on the SDK's error for streamed arguments that are not JSON", async () => {
  const baseURL = await streamCalls([{ name: "push_context", text: "{key: a}" }], "tool_use");
  const stream = new Anthropic({ baseURL, apiKey: "any" }).messages.stream({
    model: "played",
    max_tokens: 100,
    messages: [{ role: "user", content: "Go." }],
  });
  await expect(stream.finalMessage()).rejects.toThrow(/JSON/);
});

it("validates arguments of SDK tools and passes on images", async () => {
  const image = {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" },
  } as const;
  const custom = customTools([
    betaZodTool({
      name: "screenshot",
      description: "A picture of a page.",
      inputSchema: z.object({ page: z.number() }),
      run: ({ page }, context) => [{ type: "text", text: `${page} ${context?.toolUse.id}` }, image],
    }),
  ]);
  const seen: unknown[] = [];
  const calls = [use("t1", "screenshot", { page: 1 }), use("t2", "screenshot", { page: "one" })];
  const answer = await answerMessage(newHandler(), message(calls), {
    customTools: custom,
    onError: (error) => seen.push(error),
  });
  expect(answer?.content[0]).toMatchObject({ content: [{ type: "text", text: "1 t1" }, image] });
  expect(answer?.content[1]).toMatchObject({
    is_error: true,
    content: expect.stringContaining('"INVALID_ARGUMENTS"'),
  });
  expect(seen).toHaveLength(1);
});

it("answers null for an SDK tool without a result", async () => {
  const run = (() => undefined) as unknown as () => string;
  const inputSchema = z.object({});
  const custom = customTools([
    betaZodTool({ name: "log", description: "Logs.", inputSchema, run }),
  ]);
  const answer = await answerMessage(newHandler(), message([use("t1", "log", {})]), {
    customTools: custom,
  });
  expect(answer?.content).toEqual([{ type: "tool_result", tool_use_id: "t1", content: "null" }]);
});

it("refuses a custom tool with the name of a mesh tool", async () => {
  const calls = message([use("t1", "push_context", { key: "a", value: "1", global: true })]);
  const custom = { push_context: () => "custom" };
  await expect(answerMessage(newHandler(), calls, { customTools: custom })).rejects.toMatchObject({
    code: "INVALID_ARGUMENTS",
  });
});

it("defines the available tools with prefix and strictness", () => {
  const mesh = new ContextMesh();
  const handler = new ToolHandler(mesh.agent("Reader"), { role: "readonly", prefix: "mesh_" });
  expect(messageTools(handler).map(({ name, strict }) => [name, strict])).toEqual([
    ["mesh_list_context", undefined],
    ["mesh_get_context", undefined],
    ["mesh_discover_topics", undefined],
    ["mesh_discover_agents", undefined],
  ]);
  handler.deny.add("discover_topics", "discover_agents");
  expect(messageTools(handler, { strict: true }).map(({ strict }) => strict)).toEqual([true, true]);
});
