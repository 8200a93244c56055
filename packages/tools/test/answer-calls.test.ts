import { ContextMesh, SynthaError } from "@syntha/core";
import { expect, it } from "vitest";
import { answerCalls, type CallOptions, type ModelCall, ToolHandler } from "../src/index.ts";

const call = (name: string, args: unknown): ModelCall => ({
  id: `id:${name}`,
  name,
  arguments: args,
});

function handler(): ToolHandler {
  return new ToolHandler(new ContextMesh().agent("Worker"));
}

it("answers each call by its id, in order", async () => {
  const answers = await answerCalls(handler(), [
    call("push_context", '{"key":"a","value":"1","global":true}'),
    call("push_context", { key: "a", value: "2" }),
    call("get_context", { keys: ["a"] }),
    call("push_context", '{"key":'),
    call("send_email", {}),
  ]);
  expect(answers.map(({ id, failed }) => [id, failed])).toEqual([
    ["id:push_context", false],
    ["id:push_context", false],
    ["id:get_context", false],
    ["id:push_context", true],
    ["id:send_email", true],
  ]);
  const parsed = answers.map(({ text }) => JSON.parse(text));
  expect(parsed[2]).toMatchObject({ success: true, context: { a: "2" } });
  expect(parsed.slice(3)).toMatchObject([{ code: "INVALID_ARGUMENTS" }, { code: "UNKNOWN_TOOL" }]);
});

it("calls custom tools with arguments and signal", async () => {
  const { signal } = new AbortController();
  const seen: unknown[] = [];
  const customTools = {
    add: ({ a, b }: { a: number; b: number }) => a + b,
    say: async (args: { word: string }, context: { signal: AbortSignal | undefined }) => {
      seen.push(args, context.signal);
      return args.word;
    },
    nothing: () => {},
  };
  const calls = [
    call("add", '{"a":1,"b":2}'),
    call("list_context", ""),
    call("say", { word: "hello" }),
    call("nothing", ""),
  ];
  const answers = await answerCalls(handler(), calls, { customTools, signal });
  expect(answers.map(({ text }) => text)).toEqual([
    "3",
    expect.stringContaining('"keys":[]'),
    "hello",
    "null",
  ]);
  expect(answers.map(({ result }) => result)).toEqual([3, undefined, "hello", undefined]);
  expect(seen).toEqual([{ word: "hello" }, signal]);
});

it("reports the failure of a custom tool to model and onError", async () => {
  const errors: unknown[] = [];
  const loop: { self?: unknown } = {};
  loop.self = loop;
  const customTools = {
    refund: () => {
      throw new TypeError("No such order.");
    },
    odd: () => Promise.reject("text"),
    circular: () => loop,
  };
  const calls = [call("refund", {}), call("odd", {}), call("circular", {}), call("refund", "{")];
  const onError = (error: unknown) => errors.push(error);
  const answers = await answerCalls(handler(), calls, { customTools, onError });
  expect(answers.map(({ text }) => JSON.parse(text))).toMatchObject([
    { success: false, code: "TOOL_FAILED", error: "No such order.", retry: "corrected_call" },
    { code: "TOOL_FAILED", error: "text" },
    { code: "TOOL_FAILED", error: expect.stringContaining("circular") },
    { code: "INVALID_ARGUMENTS" },
  ]);
  expect(answers.every(({ failed }) => failed)).toBe(true);
  expect(errors).toHaveLength(4);
});

it("refuses a custom tool with the name of a mesh tool", async () => {
  const mesh = new ContextMesh();
  const calls = [call("push_context", { key: "a", value: "1", global: true })];
  const customTools = { get_context: () => "custom" };
  await expect(
    answerCalls(new ToolHandler(mesh.agent("Worker")), calls, { customTools }),
  ).rejects.toMatchObject({ code: "INVALID_ARGUMENTS", hint: expect.stringContaining("prefix") });
  expect(await mesh.system.keys()).toEqual([]);
  const prefixed = new ToolHandler(mesh.agent("Worker"), { prefix: "mesh_" });
  const both = [call("get_context", {}), call("mesh_list_context", {})];
  expect((await answerCalls(prefixed, both, { customTools })).map(({ text }) => text)).toEqual([
    "custom",
    expect.stringContaining('"success":true'),
  ]);
});

it("does not call inherited properties as custom tools", async () => {
  const [answer] = await answerCalls(handler(), [call("toString", {})], { customTools: {} });
  expect(JSON.parse(answer?.text ?? "")).toMatchObject({ code: "UNKNOWN_TOOL" });
});

it("reports any thrown value to the model", async () => {
  const things: [unknown, string][] = [
    [undefined, "undefined"],
    [Object.create(null), "The tool failed without a message."],
    [new AggregateError([]), "AggregateError"],
    [Object.assign(new Error(), { message: 7 }), "7"],
  ];
  const throwing = (thing: unknown) => () => {
    throw thing;
  };
  const customTools = Object.fromEntries(
    things.map(([thing], i) => [`tool_${i}`, throwing(thing)]),
  );
  const answers = await answerCalls(
    handler(),
    Object.keys(customTools).map((name) => call(name, {})),
    { customTools },
  );
  expect(answers.map(({ text }) => JSON.parse(text))).toMatchObject(
    things.map(([, error]) => ({ code: "TOOL_FAILED", error })),
  );
});

it("hides a storage's message that a custom tool throws", async () => {
  const customTools = {
    save: () => {
      throw new SynthaError("UNAVAILABLE", "connect ECONNREFUSED /var/run/pg.sock as admin");
    },
  };
  const [answer] = await answerCalls(handler(), [call("save", {})], { customTools });
  expect(answer?.text).not.toContain("pg.sock");
  expect(JSON.parse(answer?.text ?? "")).toMatchObject({ code: "UNAVAILABLE", retry: "same_call" });
});

it("finishes the started mesh call after an abort, and starts no other", async () => {
  const mesh = new ContextMesh();
  const controller = new AbortController();
  const customTools = { stop: () => controller.abort() };
  const push = (key: string) => call("push_context", { key, value: "1", global: true });
  const answers = await answerCalls(
    new ToolHandler(mesh.agent("Worker")),
    [push("a"), call("stop", {}), push("b")],
    { customTools, signal: controller.signal },
  );
  expect(answers.map(({ text }) => JSON.parse(text))).toMatchObject([
    { success: true, key: "a" },
    null,
    { success: false, code: "ABORTED" },
  ]);
  expect(await mesh.system.keys()).toEqual(["a"]);
});

it("passes the id of a call to wrappers", async () => {
  const inner = handler();
  const calls: unknown[] = [];
  const wrapper = Object.create(inner, {
    handleToolCall: {
      value: (name: string, args: unknown, options: CallOptions) => {
        calls.push([name, args, options]);
        return inner.handleToolCall(name, args, options);
      },
    },
    knows: { value: (name: string) => inner.knows(name) },
  }) as ToolHandler;
  await answerCalls(wrapper, [call("list_context", "{}")]);
  expect(calls).toEqual([["list_context", "{}", { id: "id:list_context" }]]);
  expect(inner.tenantId).toBe("default");
});
