import {
  answerChat,
  answerResponse,
  chatMessage,
  chatTools,
  responseTools,
  runnableTools,
} from "@syntha/openai";
import OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { ResponseInputItem } from "openai/resources/responses/responses";

import { MAX_RETRIES } from "../model-choice.ts";
import { type ModelRun, type ModelTask, takeTurns } from "../model-run.ts";

/** A client for one decision, so that its requests are counted for it. */
export function openaiClient({ connection, fetch }: ModelTask): OpenAI {
  const { apiKey, baseURL } = connection;
  return new OpenAI({ apiKey, baseURL, maxRetries: MAX_RETRIES, fetch });
}

const STREAM = { stream: true, stream_options: { include_usage: true } } as const;

function startChat({ system, prompt }: ModelTask): ChatCompletionMessageParam[] {
  return [
    { role: "system", content: system },
    { role: "user", content: prompt },
  ];
}

/** By OpenAI's Chat Completions, which many servers offer. */
const chat: ModelRun = async (task) => {
  const { connection, handler, signal } = task;
  const { completions } = openaiClient(task).chat;
  const messages = startChat(task);
  const request = { model: connection.name, messages, tools: chatTools(handler) };
  return takeTurns(task, async () => {
    const message = connection.stream
      ? await chatMessage(await completions.create({ ...request, ...STREAM }, { signal }))
      : (await completions.create(request, { signal })).choices[0]?.message;
    if (message === undefined) return { text: "", hasCalls: false };
    const answers = await answerChat(handler, message, { signal });
    messages.push(message, ...answers);
    return { text: message.content ?? "", hasCalls: answers.length > 0 };
  });
};

/** By OpenAI's Responses. */
const responses: ModelRun = async (task) => {
  const { connection, system, prompt, handler, signal } = task;
  const client = openaiClient(task).responses;
  const input: ResponseInputItem[] = [{ role: "user", content: prompt }];
  const { name: model, stream } = connection;
  const request = { model, instructions: system, input, tools: responseTools(handler) };
  return takeTurns(task, async () => {
    const response = stream
      ? await client.stream(request, { signal }).finalResponse()
      : await client.create(request, { signal });
    const answers = await answerResponse(handler, response, { signal });
    input.push(...(response.output as ResponseInputItem[]), ...answers);
    return { text: response.output_text, hasCalls: answers.length > 0 };
  });
};

/** By the tool runner of OpenAI's SDK. */
const runTools: ModelRun = async (task) => {
  const { connection, handler, isOver, maxTurns, signal } = task;
  const { completions } = openaiClient(task).chat;
  const request = {
    model: connection.name,
    messages: startChat(task),
    tools: runnableTools(handler),
  };
  const options = {
    signal,
    maxChatCompletions: maxTurns,
    // The runner has no other way to end after a certain tool.
    afterCompletion: (_: unknown, runner: { abort(): void }) => {
      if (isOver()) runner.abort();
    },
  };
  const runner = connection.stream
    ? completions.runTools({ ...request, ...STREAM }, options)
    : completions.runTools(request, options);
  try {
    return (await runner.finalContent()) ?? "";
  } catch (error) {
    if (isOver()) return "";
    throw error;
  }
};

export const openaiRuns = { sdk: chat, responses, "run-tools": runTools };
