import { answerChat, chatTools } from "@syntha/openai";
import OpenAI from "openai";
import { MAX_RETRIES } from "../model-choice.ts";
import type { ModelRun, ModelTask } from "./model-run.ts";

/** A client for one decision, so that its requests are counted for it. */
export function openaiClient({ connection, fetch }: ModelTask): OpenAI {
  const { apiKey, baseURL } = connection;
  return new OpenAI({ apiKey, baseURL, maxRetries: MAX_RETRIES, fetch });
}

/** By OpenAI's Chat Completions, which many servers offer. */
export const openaiChat: ModelRun = async (task) => {
  const { connection, system, prompt, handler, isOver, maxTurns, signal } = task;
  const { completions } = openaiClient(task).chat;
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: "system", content: system },
    { role: "user", content: prompt },
  ];
  const request = { model: connection.name, messages, tools: chatTools(handler) };
  let said = "";
  for (let turns = 0; turns < maxTurns && !isOver(); turns++) {
    const message = (await completions.create(request, { signal })).choices[0]?.message;
    if (message === undefined) break;
    said = message.content ?? "";
    const answers = await answerChat(handler, message, { signal });
    if (answers.length === 0) break;
    messages.push(message, ...answers);
  }
  return said;
};
