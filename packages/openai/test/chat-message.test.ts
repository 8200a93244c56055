import { playModel } from "@syntha/testing-model-server/vitest";
import type { ChatCompletionMessage } from "openai/resources/chat/completions";
import { expect, it } from "vitest";
import { chatMessage } from "../src/index.ts";
import { clientOf, streamOf } from "./support.ts";

const ASKED = { model: "played", messages: [{ role: "user" as const, content: "Go." }] };

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
  return chatMessage(await client.chat.completions.create({ ...ASKED, stream: true }));
}

const callsOf = ({ tool_calls = [] }: ChatCompletionMessage) =>
  tool_calls.map((call) =>
    call.type === "function" ? [call.id, call.function.name, call.function.arguments] : [],
  );

const END = chunk({}, "tool_calls");

it("puts text together, and calls whose arguments come in pieces", async () => {
  const server = await playModel(() => ({
    text: "I look it up, and then I tell you.",
    calls: [
      { name: "list_context", arguments: { prefix: "a long prefix of many characters" } },
      { name: "get_context", arguments: { keys: ["„Grüße“ 🧾", "b"] } },
    ],
  }));
  const stream = await clientOf(server).chat.completions.create({ ...ASKED, stream: true });
  const message = await chatMessage(stream);
  expect(message).toMatchObject({
    role: "assistant",
    content: "I look it up, and then I tell you.",
    refusal: null,
  });
  expect(callsOf(message)).toEqual([
    [expect.stringMatching(/./), "list_context", '{"prefix":"a long prefix of many characters"}'],
    [expect.stringMatching(/./), "get_context", '{"keys":["„Grüße“ 🧾","b"]}'],
  ]);
});

it("keeps parallel calls apart by their index, in whatever order their pieces come", async () => {
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
  ["give every call the same index", 0],
  ["give no index", undefined],
] as const)("keeps calls apart for servers that %s", async ([, index]) => {
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

it("takes ids and names that are repeated in each piece, or new in each, for what they are", async () => {
  const repeated = await messageOf(piece(0, "{", "one", "a"), piece(0, "}", "one", "a"), END);
  expect(callsOf(repeated)).toEqual([["one", "a", "{}"]]);
  const anew = await messageOf(piece(0, "{", "one", "a"), piece(0, "}", "other"), END);
  expect(callsOf(anew)).toEqual([["one", "a", "{}"]]);
});

it("takes null for what a piece does not repeat", async () => {
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

it("gives a refusal as one, with no call", async () => {
  const message = await messageOf(
    chunk({ role: "assistant", content: null, refusal: "" }),
    chunk({ refusal: "I can't " }),
    chunk({ refusal: "do that." }),
    chunk({}, "stop"),
  );
  expect(message).toEqual({ role: "assistant", content: null, refusal: "I can't do that." });
});

it("takes the first of several choices, and passes over chunks without one", async () => {
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

it("passes over chunks without choices, and takes a choice without an index for the first", async () => {
  const message = await messageOf(
    { ...chunk({}), choices: null },
    { choices: [{ delta: { content: "Hello." } }] },
    { choices: [{ delta: {}, finish_reason: "stop" }] },
    { usage: {} },
  );
  expect(message).toEqual({ role: "assistant", content: "Hello.", refusal: null });
});

it("refuses half a message, which has half its calls", async () => {
  await expect(messageOf(piece(0, "{}", "one", "a"))).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
  });
  const client = clientOf(await streamOf(piece(0, "{}", "one", "a"), piece(1, "{}", "two"), END));
  const stream = await client.chat.completions.create({ ...ASKED, stream: true });
  stream.controller.abort();
  await expect(chatMessage(stream)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
