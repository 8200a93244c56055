import { ContextMesh } from "@syntha/core";
import { callOnce, interceptCalls } from "@syntha/testing-model-server";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { generateText, type ModelMessage, stepCountIs } from "ai";
import { expect, it, onTestFinished } from "vitest";
import { aiTools, repairToolCall } from "../src/index.ts";
import { chat, responses } from "./run-modes.ts";

function newHandler(options: { prefix?: string } = {}): ToolHandler<string> {
  const mesh = new ContextMesh();
  onTestFinished(() => mesh.close());
  return new ToolHandler(mesh.agent("Worker"), options);
}

const push = { name: "push_context", arguments: { key: "a", value: "1", global: true } };
const remove = { name: "delete_context", arguments: { key: "a", if_revision: null } };

const loop = { prompt: "Go on.", stopWhen: stepCountIs(5), maxRetries: 0 };

it("passes the handler's JSON to the model unchanged", async () => {
  const handler = newHandler();
  await handler.handleToolCall("push_context", { key: "a", value: '{"b":[1,null]}', global: true });
  const args = { keys: ["a"], prefix: null, page: null };
  for (const modelOf of [chat, responses]) {
    const server = await playModel(callOnce({ name: "get_context", arguments: args }));
    const model = modelOf({ server });
    const { text } = await generateText({ model, tools: aiTools(handler), ...loop });
    expect(text).toBe(JSON.stringify(await handler.handleToolCall("get_context", args)));
  }
});

it("sends portable schemas, or strict ones with strict", async () => {
  const handler = newHandler();
  const server = await playModel(() => ({ text: "done" }));
  for (const modelOf of [chat, responses]) {
    for (const strict of [false, true]) {
      const tools = aiTools(handler, strict ? { strict } : {});
      await generateText({ model: modelOf({ server }), tools, ...loop });
      const { tools: offered } = server.sent.at(-1)?.body ?? {};
      const [sent] = offered as { function?: object }[];
      const [tool] = handler.tools({ dialect: strict ? "strict" : "portable" });
      expect(sent?.function ?? sent).toMatchObject({ parameters: tool?.parameters, strict });
    }
  }
});

it("requests the AI SDK's approval by effect", async () => {
  const handler = newHandler();
  await handler.handleToolCall("push_context", push.arguments);
  const server = await playModel(callOnce(remove));
  const settings = {
    model: chat({ server }),
    tools: aiTools(handler, { needsApproval: ["destroy"] }),
    stopWhen: loop.stopWhen,
  };
  const messages: ModelMessage[] = [{ role: "user", content: "Delete it." }];
  const first = await generateText({ ...settings, messages });
  const requests = first.content.filter((part) => part.type === "tool-approval-request");
  expect(requests).toMatchObject([{ toolCall: { toolName: "delete_context" } }]);
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: ["a"] });

  const answerWith = (approved: boolean): ModelMessage[] => [
    ...messages,
    ...first.response.messages,
    {
      role: "tool",
      content: requests.map(({ approvalId }) => ({
        type: "tool-approval-response",
        approvalId,
        approved,
      })),
    },
  ];
  const denied = await generateText({ ...settings, messages: answerWith(false) });
  expect(denied.text).toContain("denied");
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: ["a"] });

  const approved = await generateText({ ...settings, messages: answerWith(true) });
  expect(JSON.parse(approved.text)).toMatchObject({ success: true });
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: [] });
});

it("answers a call of a tool that was denied during the run", async () => {
  const handler = newHandler();
  const server = await playModel((conversation) => {
    handler.deny.add("push_context");
    return callOnce(push)(conversation);
  });
  const model = chat({ server });
  const { text } = await generateText({ model, tools: aiTools(handler), ...loop });
  expect(JSON.parse(text)).toMatchObject({ success: false, code: "TOOL_DENIED" });
});

it("uses the handler's prefix", async () => {
  const handler = newHandler({ prefix: "mesh_" });
  const server = await playModel(callOnce({ ...push, name: "mesh_push_context" }));
  const model = chat({ server });
  const { text } = await generateText({ model, tools: aiTools(handler), ...loop });
  expect(JSON.parse(text)).toMatchObject({ success: true, key: "a" });
});

it("answers arguments that are not JSON with repairToolCall", async () => {
  const handler = newHandler();
  const server = await playModel(
    callOnce({ name: "push_context", arguments: '{"key": "k", "val' }),
  );
  const settings = { model: chat({ server }), tools: aiTools(handler), ...loop };
  expect((await generateText(settings)).text).toContain("JSON parsing failed");
  const repair = repairToolCall(handler);
  const repaired = { repairToolCall: repair, experimental_repairToolCall: repair };
  const { text } = await generateText({ ...settings, ...repaired });
  expect(JSON.parse(text)).toMatchObject({ success: false, code: "INVALID_ARGUMENTS" });
});

it("continues after a rate limit without repeating a call", async () => {
  const handler = newHandler();
  let failures = 1;
  const server = await playModel(({ turns, results }) => {
    if (turns.length === 0) return { calls: [push] };
    if (failures-- > 0)
      return { error: { status: 429, message: "Not now.", retryAfterSeconds: 0.01 } };
    return { text: results.join() };
  });
  const settings = { ...loop, model: chat({ server }), tools: aiTools(handler) };
  const { text } = await generateText({ ...settings, maxRetries: 2 });
  expect(JSON.parse(text)).toMatchObject({ success: true, revision: 1 });
});

it("finishes a started call when it is aborted", async () => {
  const handler = newHandler();
  const controller = new AbortController();
  const server = await playModel((conversation) => {
    if (conversation.turns.length > 0) controller.abort();
    return callOnce(push)(conversation);
  });
  const settings = { model: chat({ server }), tools: aiTools(handler), ...loop };
  const run = generateText({ ...settings, abortSignal: controller.signal });
  await expect(run).rejects.toThrow(/abort/i);
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: ["a"] });
});

it("passes call ids and starts no queued call after an abort", async () => {
  const handler = newHandler();
  const controller = new AbortController();
  const seen: unknown[] = [];
  const tools = aiTools(
    interceptCalls(handler, (_name, _args, origin) => {
      seen.push(origin?.id);
      controller.abort();
    }),
  );
  const server = await playModel(() => ({
    calls: ["a", "b"].map((key) => ({ ...push, arguments: { ...push.arguments, key } })),
  }));
  const settings = { model: chat({ server }), tools, ...loop, abortSignal: controller.signal };
  await expect(generateText(settings)).rejects.toThrow(/abort/i);
  expect(seen).toEqual([expect.stringMatching(/^call_/)]);
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: ["a"] });
});

it("does not block a run by a pending call of another run", async () => {
  const { promise: hangs, resolve } = Promise.withResolvers<void>();
  const tools = aiTools(
    interceptCalls(newHandler(), (_name, args) => {
      if ((args as { key: string }).key !== "hang") return undefined;
      resolve();
      return new Promise(() => {});
    }),
  );
  const ask = async (key: string) => {
    const server = await playModel(callOnce({ ...push, arguments: { ...push.arguments, key } }));
    return generateText({ model: chat({ server }), tools, ...loop });
  };
  void ask("hang");
  await hangs;
  expect(JSON.parse((await ask("a")).text)).toMatchObject({ success: true, key: "a" });
});
