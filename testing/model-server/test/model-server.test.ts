import { ToolHandler } from "@syntha/tools";
import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import type { ModelServer, Play } from "../src/index.ts";
import { playModel } from "../src/vitest.ts";

const handler = new ToolHandler(new ContextMesh().agent("Worker"));
const [listContext] = handler.tools();
if (listContext === undefined) throw new Error("There is no tool.");
const { name, description, parameters } = listContext;
const portable = handler.tools({ dialect: "portable" })[0]?.parameters;

const play: Play = ({ turns, results }) =>
  turns.length === 0
    ? { calls: [{ name, arguments: { topic: null, prefix: null, by_topic: null, page: null } }] }
    : { text: `told: ${results.join()}` };

async function ask(url: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": "any",
      authorization: "Bearer any",
    },
    body: JSON.stringify({ model: "played", max_tokens: 100, ...body }),
  });
  return { status: response.status, text: await response.text() };
}

const tool = { type: "function", function: { name, description, parameters } };
const user = { role: "user", content: "What is there?" };

it("serves Chat Completions", async () => {
  const server = await playModel(play);
  const url = `${server.openaiUrl}/chat/completions`;
  const first = JSON.parse((await ask(url, { messages: [user], tools: [tool] })).text);
  const { message } = first.choices[0];
  expect(message.tool_calls).toMatchObject([{ function: { name } }]);
  const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "nothing" };
  const second = await ask(url, { messages: [user, message, result], tools: [tool] });
  expect(JSON.parse(second.text).choices[0].message.content).toBe("told: nothing");
});

it("serves Responses", async () => {
  const server = await playModel(play);
  const url = `${server.openaiUrl}/responses`;
  const tools = [{ type: "function", name, description, parameters, strict: true }];
  const first = JSON.parse((await ask(url, { input: [user], tools })).text);
  expect(first.output).toMatchObject([{ type: "function_call", name }]);
  const result = { type: "function_call_output", call_id: first.output[0].call_id, output: "none" };
  const second = await ask(url, { input: [user, ...first.output, result], tools });
  expect(second.text).toContain("told: none");
});

it("serves Anthropic's Messages", async () => {
  const server = await playModel(play);
  const url = `${server.anthropicUrl}/v1/messages`;
  const tools = [{ name, description, input_schema: parameters }];
  const first = JSON.parse((await ask(url, { messages: [user], tools })).text);
  expect(first.content).toMatchObject([{ type: "tool_use", name }]);
  const result = { type: "tool_result", tool_use_id: first.content[0].id, content: "none" };
  const messages = [
    user,
    { role: "assistant", content: first.content },
    { role: "user", content: [result] },
  ];
  expect((await ask(url, { messages, tools })).text).toContain("told: none");
});

it("refuses a request without the result of a call", async () => {
  const server = await playModel(play);
  const call = { id: "c1", type: "function", function: { name, arguments: "{}" } };
  const messages = [user, { role: "assistant", content: null, tool_calls: [call] }, user];
  const answer = await ask(`${server.openaiUrl}/chat/completions`, { messages, tools: [tool] });
  expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("without a result") });
});

const gemini = (server: ModelServer, body: object) =>
  ask(`${server.geminiUrl}/v1beta/models/played:generateContent`, {
    contents: [{ role: "user", parts: [{ text: "What is there?" }] }],
    ...body,
  });

it("serves Gemini's generateContent", async () => {
  const server = await playModel(play);
  const tools = [{ functionDeclarations: [{ name, description, parameters: portable }] }];
  const first = JSON.parse((await gemini(server, { tools })).text).candidates[0];
  expect(first).toMatchObject({
    content: { parts: [{ functionCall: { name } }] },
    finishReason: "STOP",
  });
  const contents = [
    { role: "user", parts: [{ text: "What is there?" }] },
    first.content,
    { role: "user", parts: [{ functionResponse: { name, response: { result: "none" } } }] },
  ];
  expect((await gemini(server, { contents, tools })).text).toContain("told: none");
});

it("serves Mistral's chat completions as a stream", async () => {
  const server = await playModel(play);
  const url = `${server.mistralUrl}/v1/chat/completions`;
  const { text } = await ask(url, { messages: [user], tools: [tool], stream: true });
  const [first = ""] = text.split("\n\n");
  const { choices } = JSON.parse(first.replace("data: ", ""));
  expect(choices).toMatchObject([{ delta: { tool_calls: [{ function: { name } }] } }]);
  expect(JSON.parse(choices[0].delta.tool_calls[0].function.arguments)).toHaveProperty("prefix");
});

const refused = (text: string) => ({ status: 400, text: expect.stringContaining(text) as unknown });

it("refuses optional properties in OpenAI's strict schemas", async () => {
  const server = await playModel(play);
  const flat = { name, description, parameters: portable, strict: true };
  const chat = { messages: [user], tools: [{ type: "function", function: flat }] };
  expect(await ask(`${server.openaiUrl}/chat/completions`, chat)).toMatchObject(
    refused("'additionalProperties' must be false"),
  );
  const optional = { ...parameters, required: [] };
  const tools = [{ type: "function", ...flat, parameters: optional }];
  expect(await ask(`${server.openaiUrl}/responses`, { input: [user], tools })).toMatchObject(
    refused("'required' must include every key"),
  );
});

it("refuses additional properties in Anthropic's strict schemas", async () => {
  const server = await playModel(play);
  const tools = [{ name, description, input_schema: portable, strict: true }];
  const answer = await ask(`${server.anthropicUrl}/v1/messages`, { messages: [user], tools });
  expect(answer).toMatchObject(refused("must be explicitly false"));
});

it("refuses unknown fields in Mistral's tools", async () => {
  const server = await playModel(play);
  const tools = [{ type: "function", function: { ...tool.function, required: [] } }];
  const url = `${server.mistralUrl}/v1/chat/completions`;
  const answer = await ask(url, { messages: [user], tools });
  expect(answer).toMatchObject(refused("Extra inputs are not permitted"));
});

const text = { type: "string" };
const ofGemini: [what: string, schema: object, words: string][] = [
  ["the strict dialect", parameters, 'Unknown name "additionalProperties"'],
  [
    "a list of types",
    { type: "object", properties: { a: { type: ["string", "null"] } } },
    "Proto field is not repeating, cannot start list.",
  ],
  ["the draft of a JSON Schema", { ...portable, $schema: "x" }, 'Unknown name "$schema"'],
  [
    "a list without a type of its entries",
    { type: "object", properties: { a: { type: "array" } } },
    "items: missing field",
  ],
  [
    "an enum of numbers",
    { type: "object", properties: { a: { type: "integer", enum: [1] } } },
    "only allowed for STRING type",
  ],
  ["an object of nothing", { type: "object", properties: {} }, "should be non-empty"],
  [
    "a required property that there is not",
    { type: "object", properties: { a: text }, required: ["b"] },
    "property is not defined",
  ],
  [
    "a choice beside a description",
    { type: "object", properties: { a: { anyOf: [text], description: "a" } } },
    "must be the only field set",
  ],
];

it.each(ofGemini)(
  "refuses what Gemini's schemas have no room for: %s",
  async (_, schema, words) => {
    const server = await playModel(play);
    const tools = [{ functionDeclarations: [{ name, description, parameters: schema }] }];
    expect(JSON.parse((await gemini(server, { tools })).text)).toMatchObject({
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: expect.stringContaining(words),
      },
    });
    expect(server.conversations).toEqual([]);
  },
);
