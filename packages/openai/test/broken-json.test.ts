import { ContextMesh } from "@syntha/core";
import { playModel } from "@syntha/testing-model-server/vitest";
import { ToolHandler } from "@syntha/tools";
import type OpenAI from "openai";
import type { ChatCompletionMessage } from "openai/resources/chat/completions";
import { expect, it } from "vitest";
import {
  answerChat,
  answerResponse,
  chatMessage,
  chatTools,
  responseTools,
  runnableTools,
} from "../src/index.ts";
import { clientOf, clientOf6 } from "./support.ts";

const model = "played";
const messages = [{ role: "user" as const, content: "Go." }];

/** What the model is told of its call. */
type Way = (client: OpenAI, handler: ToolHandler, strict: boolean) => Promise<unknown>;

const answerOf = async (handler: ToolHandler, message?: ChatCompletionMessage): Promise<unknown> =>
  message && (await answerChat(handler, message))[0]?.content;

const ways: Record<string, Way> = {
  create: async ({ chat }, handler, strict) => {
    const tools = chatTools(handler, { strict });
    const { choices } = await chat.completions.create({ model, messages, tools });
    return answerOf(handler, choices[0]?.message);
  },
  "create, streamed": async ({ chat }, handler, strict) => {
    const tools = chatTools(handler, { strict });
    const chunks = await chat.completions.create({ model, messages, tools, stream: true });
    return answerOf(handler, await chatMessage(chunks));
  },
  parse: async ({ chat }, handler) => {
    const tools = chatTools(handler);
    const { choices } = await chat.completions.parse({ model, messages, tools });
    return answerOf(handler, choices[0]?.message);
  },
  stream: async ({ chat }, handler, strict) => {
    const tools = chatTools(handler, { strict });
    const stream = chat.completions.stream({ model, messages, tools, stream: true });
    return answerOf(handler, await stream.finalMessage());
  },
  "responses.parse": async ({ responses }, handler, strict) => {
    const tools = responseTools(handler, { strict });
    const response = await responses.parse({ model, input: "Go.", tools });
    return (await answerResponse(handler, response))[0]?.output;
  },
  "responses.stream": async ({ responses }, handler, strict) => {
    const tools = responseTools(handler, { strict });
    const stream = responses.stream({ model, input: "Go.", tools });
    return (await answerResponse(handler, await stream.finalResponse()))[0]?.output;
  },
};

const runTools: Way = ({ chat }, handler) => {
  const tools = runnableTools(handler, { strict: false });
  return chat.completions.runTools({ model, messages, tools }).finalContent();
};

const likeJson = ['{"key":}', "{'key':1}", '{"key":1}}', "[1,", "tru", "", "null", "{}\n{}"];
const unlikeJson = ["nonsense", "```json\n{}\n```"];

async function toldBy(way: Way, text: string, strict: boolean, reach = clientOf): Promise<unknown> {
  const handler = new ToolHandler(new ContextMesh().agent("Worker"));
  const server = await playModel(({ results: [told] }) =>
    told === undefined ? { calls: [{ name: "push_context", arguments: text }] } : { text: told },
  );
  return way(reach(server), handler, strict);
}

const REFUSED = expect.stringContaining('"INVALID_ARGUMENTS"');

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", clientOf6],
] as const)("tells the model of broken JSON in every way of %s", async ([, reach]) => {
  for (const [name, way] of Object.entries(ways))
    for (const text of name === "stream" ? likeJson : [...likeJson, ...unlikeJson])
      expect(await toldBy(way, text, true, reach), `${name}: ${text}`).toEqual(REFUSED);
});

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", clientOf6],
] as const)("tells it without strict mode whatever the text is, with %s", async ([, reach]) => {
  for (const [name, way] of Object.entries({ ...ways, runTools }))
    for (const text of [...likeJson, ...unlikeJson])
      expect(await toldBy(way, text, false, reach), `${name}: ${text}`).toEqual(REFUSED);
});
