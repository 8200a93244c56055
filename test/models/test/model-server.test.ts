import { ToolHandler } from "@syntha/tools";
import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import type { Play } from "../src/index.ts";
import { playModel } from "../src/vitest.ts";

const handler = new ToolHandler(new ContextMesh().agent("Worker"));
const [listContext] = handler.tools();
if (listContext === undefined) throw new Error("There is no tool.");
const { name, description, parameters } = listContext;

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

it("makes calls and reads their results by Chat Completions", async () => {
  const server = await playModel(play);
  const url = `${server.openaiUrl}/chat/completions`;
  const first = JSON.parse((await ask(url, { messages: [user], tools: [tool] })).text);
  const { message } = first.choices[0];
  expect(message.tool_calls).toMatchObject([{ function: { name } }]);
  const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "nothing" };
  const second = await ask(url, { messages: [user, message, result], tools: [tool] });
  expect(JSON.parse(second.text).choices[0].message.content).toBe("told: nothing");
});

it("makes calls and reads their results by Responses", async () => {
  const server = await playModel(play);
  const url = `${server.openaiUrl}/responses`;
  const tools = [{ type: "function", name, description, parameters, strict: true }];
  const first = JSON.parse((await ask(url, { input: [user], tools })).text);
  expect(first.output).toMatchObject([{ type: "function_call", name }]);
  const result = { type: "function_call_output", call_id: first.output[0].call_id, output: "none" };
  const second = await ask(url, { input: [user, ...first.output, result], tools });
  expect(second.text).toContain("told: none");
});

it("makes calls and reads their results by Anthropic's Messages", async () => {
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

it("refuses a request that lost the result of a call", async () => {
  const server = await playModel(play);
  const call = { id: "c1", type: "function", function: { name, arguments: "{}" } };
  const messages = [user, { role: "assistant", content: null, tool_calls: [call] }, user];
  const answer = await ask(`${server.openaiUrl}/chat/completions`, { messages, tools: [tool] });
  expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("without a result") });
});

it("refuses a schema of ours that strict mode would refuse", async () => {
  const server = await playModel(play);
  const loose = { ...parameters, required: [] };
  const tools = [{ type: "function", function: { name, description, parameters: loose } }];
  const answer = await ask(`${server.openaiUrl}/chat/completions`, { messages: [user], tools });
  expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("strict mode") });
});
