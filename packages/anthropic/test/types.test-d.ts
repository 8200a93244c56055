import Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { ContextMesh } from "@syntha/core";
import { type CustomTools, type ToolCaller, ToolHandler } from "@syntha/tools";
import { expectTypeOf } from "vitest";
import * as z from "zod";
import { answerMessage, messageTools, customTools, runnableTools } from "../src/index.ts";

const client = new Anthropic();
const handler = new ToolHandler(new ContextMesh().agent("A"));
declare const wrapper: ToolCaller<"mesh_">;
const priceOf = betaZodTool({
  name: "price_of",
  description: "The price of an item in euros.",
  inputSchema: z.object({ item: z.string() }),
  run: ({ item }) => item,
});
const plain: Anthropic.Tool = { name: "plain", input_schema: { type: "object" } };
const model = "claude-opus-5-5";
const max_tokens = 1_024;

// Messages: the tools beside other definitions, and the answers.
const messages: Anthropic.MessageParam[] = [];
const custom = { ...customTools([priceOf]), plain: () => new Date() } satisfies CustomTools;
const tools = [...messageTools(handler, { strict: true }), ...messageTools(wrapper), plain];
const message = await client.messages.create({ model, max_tokens, messages, tools });
const answer = await answerMessage(wrapper, message, { customTools: custom });
if (answer !== undefined) messages.push({ role: "assistant", content: message.content }, answer);
const streamed = client.messages.stream({ model, max_tokens, messages, tools });
await answerMessage(handler, await streamed.finalMessage());

// The beta interface: likewise.
const betaMessages: Anthropic.Beta.BetaMessageParam[] = [];
const beta = await client.beta.messages.create({
  model,
  max_tokens,
  messages: betaMessages,
  tools: messageTools(wrapper),
});
const betaAnswer = await answerMessage(handler, beta);
if (betaAnswer !== undefined) betaMessages.push(betaAnswer);

// The runner: beside tools of the SDK.
const run = client.beta.messages.toolRunner({
  model,
  max_tokens,
  messages: betaMessages,
  tools: [...runnableTools(handler), ...runnableTools(wrapper), priceOf],
});
expectTypeOf(await run).toEqualTypeOf<Anthropic.Beta.BetaMessage>();

// @ts-expect-error There is no such option.
messageTools(handler, { strikt: true });
// @ts-expect-error A mere definition can't be called.
customTools([plain]);
