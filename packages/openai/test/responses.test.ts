import { ContextMesh } from "@syntha/core";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import OpenAI from "openai";
import type { Response, ResponseInputItem } from "openai/resources/responses/responses";
import { expect, it } from "vitest";
import { answerResponse, responseTools } from "../src/index.ts";

const call = (id: string, name: string, args: string) => ({
  type: "function_call" as const,
  call_id: id,
  name,
  arguments: args,
});

it("answers the function calls of a response or its items", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const output = [
    { type: "reasoning" as const, id: "r", summary: [] },
    call("c1", "list_context", ""),
    { type: "custom_tool_call" as const, call_id: "c2", name: "shell", input: "ls" },
    call("c3", "get_context", '{"keys":["a"]}'),
    {
      type: "message" as const,
      id: "m",
      role: "assistant" as const,
      status: "completed" as const,
      content: [],
    },
  ];
  const answers = await answerResponse(handler, { output });
  expect(answers).toEqual([
    { type: "function_call_output", call_id: "c1", output: expect.stringContaining('"keys":[]') },
    { type: "function_call_output", call_id: "c3", output: expect.stringContaining('["a"]') },
  ]);
  expect(await answerResponse(handler, output)).toEqual(answers);
  expect(await answerResponse(handler, [])).toEqual([]);
});

it("is strict by default", () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"), { role: "readonly" });
  expect(responseTools(handler).map(({ strict }) => strict)).toEqual([true, true, true, true]);
  const [portable] = handler.tools({ dialect: "portable" });
  expect(responseTools(handler, { strict: false })[0]).toMatchObject({
    parameters: portable?.parameters,
    strict: false,
  });
});

it("continues from a stored response", async () => {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const server = await playModel(({ turns, results }) =>
    turns.length === 0
      ? { calls: [{ name: "push_context", arguments: { key: "a", value: "1", global: true } }] }
      : turns.length === 1
        ? { calls: [{ name: "get_context", arguments: { keys: ["a"] } }] }
        : { text: `result: ${results.at(-1)}` },
  );
  const client = new OpenAI({ baseURL: server.openaiUrl, apiKey: "any", fetch: remembering() });
  const params = { model: "played", tools: responseTools(handler) };
  let response: Response = await client.responses.create({ ...params, input: "Push, then read." });
  for (;;) {
    const input = await answerResponse(handler, response);
    if (input.length === 0) break;
    response = await client.responses.create({
      ...params,
      input,
      previous_response_id: response.id,
    });
  }
  expect(response.output_text).toMatch(/^result: .*"context":\{"a":"1"\}/);
});

/** A vendor's memory of responses, in front of a server that has none. */
function remembering(): typeof fetch {
  const stored = new Map<string, ResponseInputItem[]>();
  return async (url, init) => {
    const { previous_response_id, input, ...rest } = JSON.parse(init?.body as string);
    const asked = typeof input === "string" ? [{ role: "user", content: input }] : input;
    const all = [...(stored.get(previous_response_id) ?? []), ...asked];
    const answer = await fetch(url, { ...init, body: JSON.stringify({ ...rest, input: all }) });
    const { id, output } = (await answer.clone().json()) as Response;
    stored.set(id, [...all, ...output]);
    return answer;
  };
}
