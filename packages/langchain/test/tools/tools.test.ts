import { AIMessage, AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { ContextMesh } from "@syntha/core";
import {
  callOnce,
  type ModelServer,
  interceptCalls,
  type SentRequest,
} from "@syntha/testing-model-server";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler, TOOLSETS } from "@syntha/tools";
import { createAgent } from "langchain";
import { describe, expect, it } from "vitest";
import {
  interruptOn,
  preserveInvalidToolCalls,
  langchainTools,
  meshMiddleware,
} from "../../src/index.ts";
import { anthropicModel, chatModel, googleModel, mistralModel } from "./models.ts";

const handlerOf = (name = "Worker", options: ConstructorParameters<typeof ToolHandler>[1] = {}) =>
  new ToolHandler(new ContextMesh().agent(name), options);

const toolNamed = (handler: ToolHandler, name: string) => {
  const found = langchainTools(handler).find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`No tool ${name}.`);
  return found;
};

const call = (name: string, args: object) => ({
  type: "tool_call" as const,
  id: "call_1",
  name,
  args: { ...args },
});

function lastOf(server: ModelServer): SentRequest {
  const sent = server.sent.at(-1);
  if (sent === undefined) throw new Error("Nothing was sent.");
  return sent;
}

describe("a tool", () => {
  const everyTool = () => handlerOf("Worker", { role: "admin", toolsets: TOOLSETS });
  const asFunctions = (definitions: { name: string; description: string; parameters: object }[]) =>
    definitions.map(({ name, description, parameters }) => ({ name, description, parameters }));
  const functionsIn = ({ body }: SentRequest): unknown =>
    (body["tools"] as { function: { strict?: boolean } }[]).map(({ function: sent }) => {
      const { strict: _, ...rest } = sent;
      return rest;
    });

  it("is sent in the portable form by default", async () => {
    const handler = everyTool();
    const server = await playModel(() => ({ text: "nothing" }));
    const tools = langchainTools(handler);
    const portable = asFunctions(handler.tools({ dialect: "portable" }));
    for (const model of [chatModel(server), mistralModel(server)]) {
      await model.bindTools(tools).invoke("?");
      expect(functionsIn(lastOf(server))).toEqual(portable);
    }
    await anthropicModel(server).bindTools(tools).invoke("?");
    expect(server.sent.at(-1)?.body["tools"]).toEqual(
      portable.map(({ parameters, ...rest }) => ({ ...rest, input_schema: parameters })),
    );
    await googleModel(server).bindTools(tools).invoke("?");
    expect(server.sent.at(-1)?.body["tools"]).toEqual([{ functionDeclarations: portable }]);
  });

  it("is sent in the strict form with strict", async () => {
    const handler = everyTool();
    const server = await playModel(() => ({ text: "nothing" }));
    const tools = langchainTools(handler, { strict: true });
    await chatModel(server).bindTools(tools, { strict: true }).invoke("?");
    expect(functionsIn(lastOf(server))).toEqual(asFunctions(handler.tools()));
    await expect(
      chatModel(server).bindTools(langchainTools(handler), { strict: true }).invoke("?"),
    ).rejects.toThrow("in strict mode");
    await expect(googleModel(server).bindTools(tools).invoke("?")).rejects.toThrow(
      "Proto field is not repeating, cannot start list.",
    );
  });

  it("has its effect in the metadata", () => {
    const effects = langchainTools(handlerOf()).map(({ name, metadata }) => [name, metadata]);
    expect(Object.fromEntries(effects)).toMatchObject({
      list_context: { effect: "read" },
      push_context: { effect: "write" },
      delete_context: { effect: "destroy" },
    });
  });

  it("answers code with text, and calls with a message and status", async () => {
    const handler = handlerOf();
    const push = toolNamed(handler, "push_context");
    expect(
      JSON.parse((await push.invoke({ key: "a", value: "b", global: true })) as string),
    ).toMatchObject({ success: true });
    const good = await push.invoke(call("push_context", { key: "a", value: "c" }));
    const bad = await push.invoke(call("push_context", { key: 7 }));
    expect(good).toMatchObject({
      status: "success",
      tool_call_id: "call_1",
      metadata: { effect: "write" },
    });
    expect(bad).toMatchObject({
      status: "error",
      tool_call_id: "call_1",
      name: "push_context",
      metadata: { effect: "write" },
      content: JSON.stringify(await handler.handleToolCall("push_context", { key: 7 })),
    });
  });

  it("reports each call to callbacks once", async () => {
    const seen: unknown[] = [];
    const callbacks = [
      {
        handleToolStart: (_: unknown, input: string) => void seen.push(["start", input]),
        handleToolEnd: (output: ToolMessage) => void seen.push(["end", output.status]),
      },
    ];
    await toolNamed(handlerOf(), "push_context").invoke(call("push_context", {}), { callbacks });
    expect(seen).toEqual([
      ["start", "{}"],
      ["end", "error"],
    ]);
  });

  it("does not run after an abort", async () => {
    const handler = handlerOf();
    const args = { key: "a", value: "b", global: true };
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(toolNamed(handler, "push_context").invoke(args, { signal })).rejects.toThrow(
      "enough",
    );
    expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: [] });
  });

  it("waits for earlier calls and their callbacks", async () => {
    const tools = langchainTools(handlerOf());
    const invoke = (name: string, args: object, waitMs: number) =>
      tools
        .find((tool) => tool.name === name)
        ?.invoke(args, {
          callbacks: [
            {
              awaitHandlers: true,
              handleToolStart: () => new Promise((resolve) => setTimeout(resolve, waitMs)),
            },
          ],
        });
    const [, read] = await Promise.all([
      invoke("push_context", { key: "a", value: "b", global: true }, 30),
      invoke("get_context", { keys: ["a"] }, 0),
    ]);
    expect(JSON.parse(read as string)).toMatchObject({ context: { a: "b" } });
  });

  it("runs after an aborted call", async () => {
    const [list] = langchainTools(handlerOf());
    const aborted = list?.invoke({}, { signal: AbortSignal.abort(new Error("enough")) });
    const next = list?.invoke({});
    await expect(aborted).rejects.toThrow("enough");
    expect(JSON.parse((await next) as string)).toMatchObject({ success: true });
  });
});

it("does not block a run by a pending call of another run", async () => {
  const { promise: hangs, resolve } = Promise.withResolvers<void>();
  const handler = interceptCalls(handlerOf(), (_name, args) => {
    if ((args as { key: string }).key !== "hang") return undefined;
    resolve();
    return new Promise(() => {});
  });
  const server = await playModel(({ asked, turns, results }) =>
    turns.length === 0
      ? { calls: [{ name: "push_context", arguments: { key: asked, value: "b", global: true } }] }
      : { text: results.join() },
  );
  const agent = createAgent({ model: chatModel(server), tools: langchainTools(handler) });
  const ask = (content: string) => agent.invoke({ messages: [{ role: "user", content }] });
  void ask("hang");
  await hangs;
  const { messages } = await ask("a");
  expect(JSON.parse(messages.at(-1)?.text ?? "")).toMatchObject({ success: true, key: "a" });
});

describe("a call with arguments that are not JSON", () => {
  const invalid = {
    type: "invalid_tool_call" as const,
    id: "1",
    name: "get_context",
    args: '{"keys": ["a',
  };

  it("keeps its text beside valid calls", async () => {
    const handler = handlerOf();
    const valid = { ...call("list_context", {}), id: "2" };
    const message = new AIMessage({
      id: "m",
      content: "Let me look.",
      tool_calls: [valid],
      invalid_tool_calls: [invalid, { ...invalid, id: "3", name: "send_email" }],
    });
    const preserved = preserveInvalidToolCalls(handler, message);
    expect(preserved).toMatchObject({ id: "m", content: "Let me look." });
    expect(preserved.invalid_tool_calls).toMatchObject([{ id: "3", name: "send_email" }]);
    expect(preserved.tool_calls?.map(({ id, name }) => [id, name])).toEqual([
      ["2", "list_context"],
      ["1", "get_context"],
    ]);
    const answer = await toolNamed(handler, "get_context").invoke({
      ...call("get_context", preserved.tool_calls?.[1]?.args ?? {}),
    });
    const said = await handler.handleToolCall("get_context", '{"keys": ["a');
    expect((answer as ToolMessage).content).toBe(JSON.stringify(said));
  });

  it("has a form that Anthropic accepts", async () => {
    const args = '{"key":"plan","global":true,"value":"Ship it, but only af';
    const streamed = new AIMessageChunk({
      content: [
        { index: 0, type: "tool_use", id: "1", name: "push_context", input: "" },
        { index: 0, type: "input_json_delta", input: args },
      ],
      tool_call_chunks: [
        { type: "tool_call_chunk", index: 0, id: "1", name: "push_context", args },
      ],
    });
    const server = await playModel(() => ({ text: "done" }));
    await anthropicModel(server).invoke([
      new HumanMessage("Write the plan."),
      preserveInvalidToolCalls(handlerOf(), streamed),
      new ToolMessage({ tool_call_id: "1", content: "no" }),
    ]);
    const [said] = server.conversations[0]?.turns.flat() ?? [];
    expect(JSON.parse(said?.arguments ?? "")).toEqual({ unreadable_arguments: args });
    expect(said?.result).toBe("no");
  });

  it("cannot hide valid arguments", async () => {
    const text = '{"key":"a","value":"b","global":true}';
    const hidden = call("push_context", { unreadable_arguments: text });
    const answer = await toolNamed(handlerOf(), "push_context").invoke(hidden);
    expect(JSON.parse((answer as ToolMessage).text)).toMatchObject({ code: "INVALID_ARGUMENTS" });
  });

  it("leaves other messages unchanged", () => {
    const message = new AIMessage({ content: "Done.", tool_calls: [call("list_context", {})] });
    expect(preserveInvalidToolCalls(handlerOf(), message)).toBe(message);
  });

  it("does not run partially when truncated in a stream", async () => {
    const handler = handlerOf();
    const args = '{"key":"plan","global":true,"value":"Ship it, but only af';
    const server = await playModel(callOnce({ name: "push_context", arguments: args }));
    const run = async (middleware: ReturnType<typeof meshMiddleware>[]) => {
      const agent = createAgent({
        model: chatModel(server),
        tools: langchainTools(handler),
        middleware,
      });
      const input = { messages: [{ role: "user", content: "Write the plan." }] };
      for await (const _ of await agent.stream(input, { streamMode: "messages" }));
      return handler.handleToolCall("get_context", { keys: ["plan"] });
    };
    expect(await run([meshMiddleware(handler)])).toMatchObject({ keys_missing: ["plan"] });
    // Without the middleware, LangChain completes the text and the partial value is written.
    expect(await run([])).toMatchObject({ context: { plan: "Ship it, but only af" } });
  });
});

describe("the middleware", () => {
  it.for([undefined, true, false])("offers each vendor's schemas (strict: %s)", async (strict) => {
    const handler = handlerOf();
    const server = await playModel(() => ({ text: "done" }));
    const schemaFor = async (model: BaseChatModel): Promise<unknown> => {
      const tools = langchainTools(handler, { strict });
      const agent = createAgent({ model, tools, middleware: [meshMiddleware(handler)] });
      await agent.invoke({ messages: [{ role: "user", content: "Go." }] });
      return server.conversations.at(-1)?.tools.get("list_context")?.parameters;
    };
    const [strictForm, portable] = (["strict", "portable"] as const).map(
      (dialect) => handler.tools({ dialect })[0]?.parameters,
    );
    const forOpenAI = strict === false ? portable : strictForm;
    expect(await schemaFor(chatModel(server))).toEqual(forOpenAI);
    expect(await schemaFor(chatModel(server, true))).toEqual(forOpenAI);
    const forOthers = strict === true ? strictForm : portable;
    expect(await schemaFor(anthropicModel(server))).toEqual(forOthers);
    const forGoogle = await schemaFor(googleModel(server)).catch(() => "refused");
    expect(forGoogle).toEqual(strict === true ? "refused" : portable);
  });

  it("offers the tools that the handler allows at that moment", async () => {
    const handler = handlerOf();
    const other = handlerOf("Other", { prefix: "other_" });
    const server = await playModel(({ turns }) => {
      if (turns.length > 0) return { text: "done" };
      handler.deny.add("push_context");
      return {
        calls: [{ name: "push_context", arguments: { key: "a", value: "b", global: true } }],
      };
    });
    const agent = createAgent({
      model: chatModel(server),
      tools: [...langchainTools(handler), ...langchainTools(other)],
      middleware: [meshMiddleware(handler), meshMiddleware(other)],
    });
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: "Go." }] });
    expect(messages[2]?.text).toContain("TOOL_DENIED");
    const [before, after] = server.conversations.map(({ tools }) => [...tools.keys()]);
    expect(before).toContain("push_context");
    expect(after).not.toContain("push_context");
    expect(after).toContain("other_push_context");
  });
});

it("does not run a tool that was allowed after createAgent", async () => {
  const handler = handlerOf("Worker", { deny: ["push_context"] });
  const server = await playModel(
    callOnce({ name: "push_context", arguments: { key: "a", value: "b", global: true } }),
  );
  const agent = createAgent({
    model: chatModel(server),
    tools: langchainTools(handler),
    middleware: [meshMiddleware(handler)],
  });
  handler.deny.remove("push_context");
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: "Go." }] });
  expect(messages[2]).toMatchObject({ status: "error" });
  expect(JSON.parse(messages.at(-1)?.text ?? "")).toMatchObject({ code: "TOOL_DENIED" });
  expect(await handler.handleToolCall("list_context", {})).toMatchObject({ keys: [] });
});

it("combines two handlers in one agent by prefix", async () => {
  const handlers = ["users_", "orders_"].map((prefix) => handlerOf("Triage", { prefix }));
  const server = await playModel(
    callOnce(
      { name: "orders_push_context", arguments: "{" },
      { name: "push_context", arguments: {} },
    ),
  );
  const agent = createAgent({
    model: chatModel(server),
    tools: handlers.flatMap((handler) => langchainTools(handler)),
    middleware: handlers.map((handler) => meshMiddleware(handler)),
  });
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: "Go." }] });
  const said = messages.at(-1)?.text;
  expect(said).toContain("INVALID_ARGUMENTS");
  expect(said).toContain("UNKNOWN_TOOL");
});

it("interrupts on tools by effect", () => {
  const handler = handlerOf("Worker", { role: "admin", prefix: "mesh_" });
  expect(interruptOn(handler)).toEqual({ mesh_delete_context: true, mesh_delete_topic: true });
  expect(Object.keys(interruptOn(handler, ["read"]))).toEqual([
    "mesh_list_context",
    "mesh_get_context",
    "mesh_discover_topics",
    "mesh_discover_agents",
  ]);
});
