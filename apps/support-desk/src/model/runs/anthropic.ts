import Anthropic from "@anthropic-ai/sdk";
import { answerMessage, messageTools } from "@syntha/anthropic";
import { MAX_RETRIES, MAX_TOKENS } from "../model-choice.ts";
import type { ModelRun } from "./model-run.ts";

/** By Anthropic's Messages. */
export const anthropicMessages: ModelRun = async (task) => {
  const { connection, system, prompt, handler, isOver, maxTurns, signal, fetch } = task;
  const { name: model, apiKey, baseURL } = connection;
  // A token in the environment is for the vendor's own server, and would go to any other too.
  const options = { apiKey, authToken: null, baseURL, maxRetries: MAX_RETRIES, fetch };
  const client = new Anthropic(options).messages;
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: prompt }];
  const request: Anthropic.MessageCreateParamsNonStreaming = {
    model,
    max_tokens: MAX_TOKENS,
    // Instructions are the same for every decision of a kind, so that the vendor's cache applies.
    system: [{ type: "text", text: system, cache_control: { type: "ephemeral" } }],
    messages,
    tools: messageTools(handler),
  };
  let said = "";
  for (let turns = 0; turns < maxTurns && !isOver(); turns++) {
    const message = await client.create(request, { signal });
    said = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    const answer = await answerMessage(handler, message, { signal });
    if (answer === undefined) break;
    messages.push({ role: "assistant", content: message.content }, answer);
  }
  return said;
};
