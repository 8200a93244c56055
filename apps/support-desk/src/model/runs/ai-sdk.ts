import { aiTools, repairToolCall } from "@syntha/ai-sdk";
import { isStepCount, type LanguageModel, ToolLoopAgent } from "ai";
import { MAX_RETRIES, MAX_TOKENS } from "../model-choice.ts";
import type { ModelRun, ModelTask } from "./model-run.ts";

/** By the AI SDK's `ToolLoopAgent`. */
export const aiSdk: ModelRun = async (task) => {
  const { connection, system, prompt, handler, isOver, maxTurns, signal } = task;
  const agent = new ToolLoopAgent({
    model: await modelOf(task),
    instructions: system,
    tools: aiTools(handler),
    stopWhen: [isStepCount(maxTurns), isOver],
    maxRetries: MAX_RETRIES,
    repairToolCall: repairToolCall(handler),
    // Anthropic requires a number, and other models may think longer than it allows.
    ...(connection.provider === "anthropic" && { maxOutputTokens: MAX_TOKENS }),
  });
  return (await agent.generate({ prompt, abortSignal: signal })).text;
};

/** At OpenAI itself by Responses, at any other server by Chat Completions. */
async function modelOf({ connection, fetch }: ModelTask): Promise<LanguageModel> {
  const { provider, apiKey, baseURL, name: model } = connection;
  if (provider === "anthropic") {
    // The vendor's own SDK adds the version to the URL, this one does not.
    const url = baseURL === undefined ? {} : { baseURL: `${baseURL.replace(/\/$/, "")}/v1` };
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    return createAnthropic({ apiKey, fetch, ...url })(model);
  }
  const { createOpenAI } = await import("@ai-sdk/openai");
  if (baseURL === undefined) return createOpenAI({ apiKey, fetch })(model);
  return createOpenAI({ apiKey, fetch, baseURL }).chat(model);
}
