import { ContextMesh } from "@syntha/core";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import { APIError, APIUserAbortError, InternalServerError, RateLimitError } from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { expect, it } from "vitest";
import { answerChat, chatTools } from "../src/index.ts";
import { clientOf } from "./support.ts";

const model = "played";
const user = (content: string): ChatCompletionMessageParam => ({ role: "user", content });

const EMPTY = { role: "assistant" as const, content: null, refusal: null };

const call = (id: string, name: string, args: string) => ({
  id,
  type: "function" as const,
  function: { name, arguments: args },
});

it("is strict by default", () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"), { role: "readonly" });
  const strictness = (tools: ReturnType<typeof chatTools>) => tools.map((t) => t.function.strict);
  expect(strictness(chatTools(handler))).toEqual([true, true, true, true]);
  expect(new Set(strictness(chatTools(handler, { strict: false })))).toEqual(new Set([false]));
});

it("has portable schemas without strict mode", () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const loose = chatTools(handler, { strict: false });
  expect(loose.map((tool) => tool.function.parameters)).toEqual(
    handler.tools({ dialect: "portable" }).map(({ parameters }) => parameters),
  );
  expect(JSON.stringify(loose)).not.toContain('"type":[');
});

it("returns new definitions without extra fields", () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"), { allow: ["get_context"] });
  const [tool] = chatTools(handler);
  const [{ name, description, parameters } = undefined as never] = handler.tools();
  expect(JSON.parse(JSON.stringify(tool))).toEqual({
    type: "function",
    function: { name, description, parameters, strict: true },
  });
  if (tool !== undefined) tool.function.name = "changed";
  expect(chatTools(handler)[0]?.function.name).toBe("get_context");
});

it("returns no answers for a message without calls", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  expect(await answerChat(handler, { role: "assistant", content: "Done.", refusal: null })).toEqual(
    [],
  );
  const nulled = { role: "assistant" as const, tool_calls: null as unknown as [] };
  expect(await answerChat(handler, nulled)).toEqual([]);
});

it("answers two calls with the same id", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const tool_calls = [
    call("same", "push_context", '{"key":"a","value":"1","global":true}'),
    call("same", "get_context", '{"keys":["a"]}'),
  ];
  const messages = await answerChat(handler, { role: "assistant", tool_calls });
  expect(messages.map(({ tool_call_id }) => tool_call_id)).toEqual(["same", "same"]);
  expect(messages.map(({ content }) => JSON.parse(content as string))).toMatchObject([
    { success: true, key: "a" },
    { context: { a: "1" } },
  ]);
});

it("answers calls without a type", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const untyped = { id: "c1", function: { name: "list_context", arguments: "{}" } } as never;
  expect(await answerChat(handler, { role: "assistant", tool_calls: [untyped] })).toMatchObject([
    { tool_call_id: "c1", content: expect.stringContaining('"success":true') },
  ]);
});

it("ignores calls of OpenAI's custom tools", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const tool_calls = [
    { id: "c1", type: "custom" as const, custom: { name: "shell", input: "ls" } },
    call("c2", "list_context", ""),
  ];
  expect(await answerChat(handler, { role: "assistant", tool_calls })).toMatchObject([
    { tool_call_id: "c2" },
  ]);
});

it("answers a call of a tool that was denied between turns", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const push = { name: "push_context", arguments: { key: "a", value: "1", global: true } };
  const server = await playModel(({ turns, tools, results }) =>
    turns.length < 2 ? { calls: [push] } : { text: `${tools.has(push.name)} ${results[1]}` },
  );
  const client = clientOf(server);
  const messages = [user("Push twice.")];
  const said: unknown[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const tools = chatTools(handler);
    const { choices } = await client.chat.completions.create({ model, messages, tools });
    const message = choices[0]?.message ?? EMPTY;
    said.push(message.content);
    messages.push(message, ...(await answerChat(handler, message)));
    handler.deny.add("push_context");
  }
  expect(said[2]).toMatch(/^false .*"TOOL_DENIED"/);
});

it("calls a custom tool whose name differs only by the prefix", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"), { prefix: "mesh_" });
  const customTools = { get_context: () => "custom" };
  const server = await playModel(({ results, tools }) => {
    if (results.length > 0) return { text: results.join(" ") };
    const name = [...tools.keys()].find((known) => known.endsWith("list_context")) ?? "";
    return {
      calls: [
        { name, arguments: "" },
        { name: "get_context", arguments: {} },
      ],
    };
  });
  const client = clientOf(server);
  const messages = [user("Go.")];
  const [get] = chatTools(
    new ToolHandler(new ContextMesh().agent("Worker"), { allow: ["get_context"] }),
  );
  if (get === undefined) throw new Error("There is no tool.");
  const tools = [...chatTools(handler), get];
  const first = await client.chat.completions.create({ model, messages, tools });
  const message = first.choices[0]?.message ?? EMPTY;
  messages.push(message, ...(await answerChat(handler, message, { customTools })));
  const second = await client.chat.completions.create({ model, messages, tools });
  expect(second.choices[0]?.message.content).toMatch(/"success":true.* custom$/);
});

it("continues after the vendor's rate limit", async () => {
  let asked = 0;
  const server = await playModel(() =>
    ++asked === 1
      ? { error: { status: 429, message: "Slow down.", retryAfterSeconds: 0 } }
      : { text: "Here." },
  );
  const tools = chatTools(new ToolHandler(new ContextMesh().agent("Worker")));
  const params = { model, messages: [user("Go.")], tools };
  const answer = await clientOf(server).chat.completions.create(params);
  expect([asked, answer.choices[0]?.message.content]).toEqual([2, "Here."]);
});

it("passes on the vendor's errors and writes nothing", async () => {
  const mesh = new ContextMesh();
  const tools = chatTools(new ToolHandler(mesh.agent("Worker")));
  const failing = async (status: number): Promise<unknown> => {
    const server = await playModel(() => ({ error: { status, message: "No." } }));
    const client = clientOf(server, { maxRetries: 0 });
    return client.chat.completions
      .create({ model, messages: [user("Go.")], tools })
      .catch((error: unknown) => error);
  };
  expect(await failing(429)).toBeInstanceOf(RateLimitError);
  expect(await failing(503)).toBeInstanceOf(InternalServerError);
  expect(await failing(400)).toBeInstanceOf(APIError);
  expect(await mesh.system.keys()).toEqual([]);
});

it("passes the signal to custom tools", async () => {
  const server = await playModel(() => ({ calls: [{ name: "wait", arguments: {} }] }));
  const client = clientOf(server);
  const controller = new AbortController();
  const wait = (_: object, { signal }: { signal: AbortSignal | undefined }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("Aborted by the signal.")));
      controller.abort();
    });
  const messages = [user("Wait.")];
  const { choices } = await client.chat.completions.create({ model, messages });
  const { signal } = controller;
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const [answer] = await answerChat(handler, choices[0]?.message ?? EMPTY, {
    customTools: { wait },
    signal,
  });
  expect(answer?.content).toContain("Aborted by the signal.");
  await expect(
    client.chat.completions.create({ model, messages }, { signal }),
  ).rejects.toBeInstanceOf(APIUserAbortError);
});
