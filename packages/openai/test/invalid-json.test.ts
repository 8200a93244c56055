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
import { clientOf, oldestClientOf } from "./support.ts";

const model = "played";
const messages = [{ role: "user" as const, content: "Go." }];

/** Returns the answer that the model receives. */
type RunMode = (client: OpenAI, handler: ToolHandler, strict: boolean) => Promise<unknown>;

const answerOf = async (handler: ToolHandler, message?: ChatCompletionMessage): Promise<unknown> =>
  message && (await answerChat(handler, message))[0]?.content;

const runModes: Record<string, RunMode> = {
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

const runTools: RunMode = ({ chat }, handler) => {
  const tools = runnableTools(handler, { strict: false });
  return chat.completions.runTools({ model, messages, tools }).finalContent();
};

const likeJson = ['{"key":}', "{'key':1}", '{"key":1}}', "[1,", "tru", "", "null", "{}\n{}"];
const unlikeJson = ["nonsense", "```json\n{}\n```"];

/** Has a model call a tool with a text as arguments, by a run mode, and returns the answer that it receives. */
async function answersSeen(connect = clientOf) {
  let written = "";
  const server = await playModel(({ results: [answer] }) =>
    answer === undefined
      ? { calls: [{ name: "push_context", arguments: written }] }
      : { text: answer },
  );
  const [client, handler] = [connect(server), new ToolHandler(new ContextMesh().agent("Worker"))];
  return (runMode: RunMode, text: string, strict: boolean): Promise<unknown> => {
    written = text;
    return runMode(client, handler, strict);
  };
}

const REFUSED = expect.stringContaining('"INVALID_ARGUMENTS"');

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", oldestClientOf],
] as const)("answers invalid JSON in every run mode of %s", async ([, connect]) => {
  const answerSeen = await answersSeen(connect);
  for (const [name, runMode] of Object.entries(runModes))
    for (const text of name === "stream" ? likeJson : [...likeJson, ...unlikeJson])
      expect(await answerSeen(runMode, text, true), `${name}: ${text}`).toEqual(REFUSED);
});

it.for([
  ["the newest SDK", clientOf],
  ["the oldest SDK", oldestClientOf],
] as const)("answers it without strict mode, with %s", async ([, connect]) => {
  const answerSeen = await answersSeen(connect);
  for (const [name, runMode] of Object.entries({ ...runModes, runTools }))
    for (const text of [...likeJson, ...unlikeJson])
      expect(await answerSeen(runMode, text, false), `${name}: ${text}`).toEqual(REFUSED);
});
