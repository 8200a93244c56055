import { playModel } from "@syntha/testing-model-server/vitest";
import type { ChatCompletionMessage } from "openai/resources/chat/completions";
import { expect, it } from "vitest";
import { chatMessage } from "../src/index.ts";
import { clientOf, streamOf } from "./support.ts";

const PARAMS = { model: "played", messages: [{ role: "user" as const, content: "Go." }] };

const chunk = (delta: object | null, finish_reason: string | null = null, index = 0): object => ({
  id: "c",
  object: "chat.completion.chunk",
  created: 0,
  model: "played",
  choices: [{ index, ...(delta !== null && { delta }), finish_reason }],
});

const piece = (index: number | undefined, part: string, id?: string, name?: string): object =>
  chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: part } }] });

async function messageOf(...chunks: object[]): Promise<ChatCompletionMessage> {
  const client = clientOf(await streamOf(...chunks));
  return chatMessage(await client.chat.completions.create({ ...PARAMS, stream: true }));
}

const callsOf = ({ tool_calls = [] }: ChatCompletionMessage) =>
  tool_calls.map((call) =>
    call.type === "function" ? [call.id, call.function.name, call.function.arguments] : [],
  );

const END = chunk({}, "tool_calls");

it("joins text and the arguments of calls", async () => {
  const server = await playModel(() => ({
    text: "I look it up and answer then.",
    calls: [
      { name: "list_context", arguments: { prefix: "a long prefix of many characters" } },
      { name: "get_context", arguments: { keys: ["„Grüße“ 🧾", "b"] } },
    ],
  }));
  const stream = await clientOf(server).chat.completions.create({ ...PARAMS, stream: true });
  const message = await chatMessage(stream);
  expect(message).toMatchObject({
    role: "assistant",
    content: "I look it up and answer then.",
    refusal: null,
  });
  expect(callsOf(message)).toEqual([
    [expect.stringMatching(/./), "list_context", '{"prefix":"a long prefix of many characters"}'],
    [expect.stringMatching(/./), "get_context", '{"keys":["„Grüße“ 🧾","b"]}'],
  ]);
});

it("separates parallel calls by index, in any order", async () => {
  const message = await messageOf(
    piece(1, "", "two", "b"),
    piece(0, "", "one", "a"),
    piece(1, '{"x"'),
    piece(0, "{}"),
    piece(1, ":2}"),
    END,
  );
  expect(callsOf(message)).toEqual([
    ["one", "a", "{}"],
    ["two", "b", '{"x":2}'],
  ]);
});

it.for([
  ["send the same index for all calls", 0],
  ["send no index", undefined],
] as const)("separates calls of servers that %s", async ([, index]) => {
  const message = await messageOf(
    piece(index, "{", "one", "a"),
    piece(index, "}"),
    piece(index, "{}", "two", "a"),
    END,
  );
  expect(callsOf(message)).toEqual([
    ["one", "a", "{}"],
    ["two", "a", "{}"],
  ]);
});

it("accepts repeated names and changing ids", async () => {
  const repeated = await messageOf(piece(0, "{", "one", "a"), piece(0, "}", "one", "a"), END);
  expect(callsOf(repeated)).toEqual([["one", "a", "{}"]]);
  const changed = await messageOf(piece(0, "{", "one", "a"), piece(0, "}", "other"), END);
  expect(callsOf(changed)).toEqual([["one", "a", "{}"]]);
});

it("accepts null for omitted fields", async () => {
  const more = (part: string | null): object =>
    chunk({
      tool_calls: [{ index: 0, id: null, type: null, function: { name: null, arguments: part } }],
    });
  const message = await messageOf(
    piece(0, "", "one", "a"),
    more('{"x"'),
    more(null),
    chunk({ tool_calls: [{ index: 0, function: null }] }),
    more(":1}"),
    END,
  );
  expect(callsOf(message)).toEqual([["one", "a", '{"x":1}']]);
});

it("returns a refusal", async () => {
  const message = await messageOf(
    chunk({ role: "assistant", content: null, refusal: "" }),
    chunk({ refusal: "I can't " }),
    chunk({ refusal: "do that." }),
    chunk({}, "stop"),
  );
  expect(message).toEqual({ role: "assistant", content: null, refusal: "I can't do that." });
});

it("returns the first of several choices", async () => {
  const message = await messageOf(
    { ...chunk({}), choices: [] },
    chunk({ content: "other" }, null, 1),
    chunk({ content: "first" }),
    chunk(null),
    chunk({}, "stop", 1),
    chunk({ tool_calls: null }, "stop"),
    { ...chunk({}), choices: [], usage: {} },
  );
  expect(message).toEqual({ role: "assistant", content: "first", refusal: null });
});

it("accepts chunks without choices or index", async () => {
  const message = await messageOf(
    { ...chunk({}), choices: null },
    { choices: [{ delta: { content: "Hello." } }] },
    { choices: [{ delta: {}, finish_reason: "stop" }] },
    { usage: {} },
  );
  expect(message).toEqual({ role: "assistant", content: "Hello.", refusal: null });
});

it("refuses an incomplete message", async () => {
  await expect(messageOf(piece(0, "{}", "one", "a"))).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
  });
  const client = clientOf(await streamOf(piece(0, "{}", "one", "a"), piece(1, "{}", "two"), END));
  const stream = await client.chat.completions.create({ ...PARAMS, stream: true });
  stream.controller.abort();
  await expect(chatMessage(stream)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
