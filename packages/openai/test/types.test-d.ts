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

// Compiled against the newest SDK, and once more against the oldest of the peer range.
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

// Chat Completions: every way of asking takes the tools, and the answers go back as they are.
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
const whole = await chatMessage(chunks);
expectTypeOf(whole).toEqualTypeOf<OpenAI.ChatCompletionMessage>();
messages.push(whole, ...(await answerChat(handler, whole, { customTools: customTools([zod]) })));
// @ts-expect-error A user's message calls nothing.
await answerChat(handler, { role: "user", content: "" });
// @ts-expect-error A response is no message.
await answerChat(handler, await client.responses.create({ model, input: "" }));
// @ts-expect-error No such option.
chatTools(handler, { strikt: true });

// Responses: likewise.
const request = { model, input: "", tools: [...responseTools(handler), zodResponses] };
const response = await client.responses.create(request);
const input = await answerResponse(handler, response);
await client.responses.create({ model, input, previous_response_id: response.id });
await answerResponse(handler, response.output);
await answerResponse(handler, await client.responses.parse(request));
await answerResponse(handler, await client.responses.stream(request).finalResponse());
// @ts-expect-error A completion is no response.
await answerResponse(handler, await client.chat.completions.create(chat));

// runTools: alone, beside the SDK's runnable tools, beside its zod tools.
const mine = runnableTools(handler);
client.chat.completions.runTools({ model, messages, tools: mine });
client.chat.completions.runTools({ model, messages, tools: [...mine, runnable] });
client.chat.completions.runTools({ model, messages, tools: [...mine, zod] });
client.chat.completions.runTools({ model, messages, tools: [...mine, zod], stream: true });

// What stands around a handler, with a prefix or not.
declare const around: ToolCaller<"mesh_">;
const own = [...chatTools(around), ...responseTools(around)];
expectTypeOf(own).not.toBeAny();
client.chat.completions.runTools({ model, messages, tools: runnableTools(around) });
await answerChat(around, whole);
await answerResponse(around, response);

// The user's own tools, in each of the SDK's forms.
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
// @ts-expect-error A mere definition can't be called.
customTools([{ type: "function", function: { name: "a" } }]);
