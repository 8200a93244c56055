import Anthropic from "@anthropic-ai/sdk";
import { ContextMesh } from "@syntha/core";
import { callOnce, interceptCalls } from "@syntha/testing-model-server";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { expect, it, onTestFinished } from "vitest";
import { answerMessage, messageTools, runnableTools } from "../src/index.ts";
import { streamCalls } from "./call-stream.ts";
import { clientOf, textOf } from "./run-modes.ts";

function newHandler(options: { prefix?: string } = {}): ToolHandler<string> {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  return new ToolHandler(mesh.agent("Worker"), options);
}

const request = {
  model: "played",
  max_tokens: 100,
  messages: [{ role: "user" as const, content: "Share it." }],
};
const running = { ...request, thread: false } as const;
const push = { key: "a", value: "1", global: true };

it("answers a call of a tool that was denied during the run", async () => {
  const handler = newHandler();
  const server = await playModel(({ turns, results }) => {
    if (turns.length > 0) return { text: results.join() };
    handler.deny.add("push_context");
    return { calls: [{ name: "push_context", arguments: push }] };
  });
  const message = await clientOf({ server }).beta.messages.toolRunner({
    ...running,
    tools: runnableTools(handler),
  });
  const answered = JSON.parse(textOf(message.content));
  expect(answered).toMatchObject({ success: false, code: "TOOL_DENIED" });
  const sent = JSON.stringify(server.requests.at(-1)?.body);
  expect(sent).toContain("TOOL_DENIED");
});

it("uses the handler's prefix", async () => {
  const handler = newHandler({ prefix: "mesh_" });
  const server = await playModel(callOnce({ name: "mesh_push_context", arguments: push }));
  const message = await clientOf({ server }).beta.messages.toolRunner({
    ...running,
    tools: runnableTools(handler),
  });
  expect(JSON.parse(textOf(message.content))).toMatchObject({ success: true, key: "a" });
});

it.for([
  [429, "a rate limit"],
  [529, "an overloaded API"],
] as const)("continues after %d, %s, without repeating a call", async ([status]) => {
  const handler = newHandler();
  let failures = 2;
  const server = await playModel(({ turns, results }) => {
    if (turns.length === 0) return { calls: [{ name: "push_context", arguments: push }] };
    if (failures-- > 0) return { error: { status, message: "Not now.", retryAfterSeconds: 0.01 } };
    return { text: results.join() };
  });
  const message = await clientOf({ server }).beta.messages.toolRunner({
    ...running,
    tools: runnableTools(handler),
  });
  const answered = JSON.parse(textOf(message.content));
  expect(answered).toMatchObject({ success: true, revision: 1 });
  expect(await handler.handleToolCall("get_context", { keys: ["a"] })).toMatchObject({
    meta: { a: { revision: 1 } },
  });
});

it("finishes a started call when it is aborted", async () => {
  const handler = newHandler();
  const controller = new AbortController();
  const server = await playModel(({ turns }) => {
    if (turns.length > 0) {
      controller.abort();
      return { text: "Too late." };
    }
    return { calls: [{ name: "push_context", arguments: push }] };
  });
  const run = clientOf({ server }, { maxRetries: 0 }).beta.messages.toolRunner(
    { ...request, tools: runnableTools(handler), thread: false },
    { signal: controller.signal },
  );
  await expect(run.runUntilDone()).rejects.toThrow(Anthropic.APIUserAbortError);
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: ["a"] });
});

it("passes call ids and starts no queued call after an abort", async () => {
  const handler = newHandler();
  const controller = new AbortController();
  const seen: unknown[] = [];
  const tools = runnableTools(
    interceptCalls(handler, (_name, _args, origin) => {
      seen.push(origin?.id);
      controller.abort();
    }),
  );
  const server = await playModel(() => ({
    calls: ["a", "b"].map((key) => ({ name: "push_context", arguments: { ...push, key } })),
  }));
  const run = clientOf({ server }, { maxRetries: 0 }).beta.messages.toolRunner(
    { ...running, tools },
    { signal: controller.signal },
  );
  await expect(run.runUntilDone()).rejects.toThrow(Anthropic.APIUserAbortError);
  expect(seen).toEqual([expect.stringMatching(/^toolu_/)]);
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: ["a"] });
});

it("does not run a streamed call whose arguments the SDK completed", async () => {
  const handler = newHandler();
  const truncated = '{"key":"a","value":"1","global":true,"if_rev';
  const baseURL = await streamCalls([{ name: "push_context", text: truncated }], "tool_use");
  await new Anthropic({ baseURL, apiKey: "any" }).beta.messages.toolRunner({
    ...running,
    tools: runnableTools(handler),
    stream: true,
    max_iterations: 1,
  });
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: [] });
});

it("answers messages of the beta interface", async () => {
  const handler = newHandler();
  const server = await playModel(() => ({ calls: [{ name: "push_context", arguments: push }] }));
  const { messages } = clientOf({ server }).beta;
  const message = await messages.create({ ...request, tools: messageTools(handler) });
  const answer = await answerMessage(handler, message);
  const next: Anthropic.Beta.BetaMessageParam[] = answer === undefined ? [] : [answer];
  expect(next).toMatchObject([{ role: "user", content: [{ type: "tool_result" }] }]);
});
