import { ContextMesh } from "@syntha/core";
import { type CustomTools, type ToolCaller, ToolHandler } from "@syntha/tools";
import OpenAI from "openai";
import { zodFunction, zodResponsesFunction } from "openai/helpers/zod";
import type { RunnableToolFunction } from "openai/lib/RunnableFunction";
import { expectTypeOf } from "vitest";
import * as z from "zod/v3";
import {
  answerChat,
  answerResponse,
  chatMessage,
  chatTools,
  customTools,
  responseTools,
  runnableTools,
} from "../src/index.ts";

// Compiled against the newest SDK and against the oldest of the peer range.
const client = new OpenAI();
const handler = new ToolHandler(new ContextMesh().agent("A"));
const prefixed = new ToolHandler(new ContextMesh().agent("A"), { prefix: "mesh_" });
const model = "gpt";

const zod = zodFunction({
  name: "add",
  parameters: z.object({ a: z.number() }),
  function: ({ a }) => a,
});
const zodResponses = zodResponsesFunction({ name: "add", parameters: z.object({ a: z.number() }) });
const runnable: RunnableToolFunction<{ a: number }> = {
  type: "function",
  function: {
    name: "add",
    description: "Adds.",
    parameters: {},
    parse: JSON.parse,
    function: ({ a }) => a,
  },
};

// Chat Completions: every method accepts the tools and the answers.
const messages: OpenAI.ChatCompletionMessageParam[] = [];
const tools = [...chatTools(prefixed, { strict: false }), zod];
const chat: OpenAI.ChatCompletionCreateParamsNonStreaming = { model, messages, tools };
const { choices } = await client.chat.completions.create(chat);
for (const { message } of choices) messages.push(message, ...(await answerChat(handler, message)));
const parsed = await client.chat.completions.parse({ model, messages, tools: chatTools(handler) });
for (const { message } of parsed.choices) await answerChat(handler, message);
const helper = client.chat.completions.stream({ model, messages, tools, stream: true });
await answerChat(handler, await helper.finalMessage());
const chunks = await client.chat.completions.create({ ...chat, stream: true });
const complete = await chatMessage(chunks);
expectTypeOf(complete).toEqualTypeOf<OpenAI.ChatCompletionMessage>();
messages.push(
  complete,
  ...(await answerChat(handler, complete, { customTools: customTools([zod]) })),
);
// @ts-expect-error A user's message has no calls.
await answerChat(handler, { role: "user", content: "" });
// @ts-expect-error A response is not a message.
await answerChat(handler, await client.responses.create({ model, input: "" }));
// @ts-expect-error No such option.
chatTools(handler, { strikt: true });

// Responses: the same.
const request = { model, input: "", tools: [...responseTools(handler), zodResponses] };
const response = await client.responses.create(request);
const input = await answerResponse(handler, response);
await client.responses.create({ model, input, previous_response_id: response.id });
await answerResponse(handler, response.output);
await answerResponse(handler, await client.responses.parse(request));
await answerResponse(handler, await client.responses.stream(request).finalResponse());
// @ts-expect-error A completion is not a response.
await answerResponse(handler, await client.chat.completions.create(chat));

// runTools: alone, with runnable tools of the SDK, with its zod tools.
const meshTools = runnableTools(handler);
client.chat.completions.runTools({ model, messages, tools: meshTools });
client.chat.completions.runTools({ model, messages, tools: [...meshTools, runnable] });
client.chat.completions.runTools({ model, messages, tools: [...meshTools, zod] });
client.chat.completions.runTools({ model, messages, tools: [...meshTools, zod], stream: true });

// Wrappers, with or without a prefix.
declare const wrapper: ToolCaller<"mesh_">;
const wrapped = [...chatTools(wrapper), ...responseTools(wrapper)];
expectTypeOf(wrapped).not.toBeAny();
client.chat.completions.runTools({ model, messages, tools: runnableTools(wrapper) });
await answerChat(wrapper, complete);
await answerResponse(wrapper, response);

// Custom tools, in each form of the SDK.
expectTypeOf(customTools([zod, runnable])).toEqualTypeOf<CustomTools>();
customTools([
  {
    type: "function",
    function: {
      name: "add",
      description: "Adds.",
      parameters: { type: "object" },
      strict: true,
      parse: JSON.parse,
      function: ({ a }: { a: number }) => a,
    },
  },
]);
// @ts-expect-error A definition without a function.
customTools([{ type: "function", function: { name: "a" } }]);
