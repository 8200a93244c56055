import { aiTools, repairToolCall } from "@syntha/ai-sdk";
import { isStepCount, jsonSchema, type LanguageModel, tool as aiTool, ToolLoopAgent } from "ai";

import { type Connection, MOST_RETRIES, MOST_TOKENS } from "../connection.ts";
import type { Provider } from "../model-choice.ts";
import type { ModelRun } from "../model-run.ts";

/** By the AI SDK's `ToolLoopAgent`. */
export function aiSdk(provider: Provider, connection: Connection): ModelRun {
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    const { name, description, parameters, take } = tool;
    const agent = new ToolLoopAgent({
      model: await modelOf(provider, connection, fetch),
      instructions: system,
      tools: {
        ...aiTools(handler),
        [name]: aiTool({
          description,
          inputSchema: jsonSchema<unknown>(parameters),
          execute: (args) => take(args),
        }),
      },
      stopWhen: [isStepCount(mostTurns), isOver],
      maxRetries: MOST_RETRIES,
      repairToolCall: repairToolCall(handler),
      // Anthropic's models want a number, and others may think longer than it lets them.
      ...(provider === "anthropic" && { maxOutputTokens: MOST_TOKENS }),
    });
    const asked = { prompt, abortSignal: signal };
    if (!connection.stream) return (await agent.generate(asked)).text;
    let failure: { cause: unknown } | undefined;
    const streamed = await agent.stream(asked);
    await streamed.consumeStream({ onError: (cause) => (failure ??= { cause }) });
    if (failure !== undefined) throw failure.cause;
    return streamed.text;
  };
}

/** At OpenAI itself by Responses, at any other server by Chat Completions. */
async function modelOf(
  provider: Provider,
  { apiKey, baseUrl, model }: Connection,
  fetch: typeof globalThis.fetch,
): Promise<LanguageModel> {
  if (provider === "anthropic") {
    // The vendor's own SDK adds the version to the URL, this one does not.
    const baseURL = baseUrl === undefined ? {} : { baseURL: `${baseUrl.replace(/\/$/, "")}/v1` };
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    return createAnthropic({ apiKey, fetch, ...baseURL })(model);
  }
  const { createOpenAI } = await import("@ai-sdk/openai");
  if (baseUrl === undefined) return createOpenAI({ apiKey, fetch })(model);
  return createOpenAI({ apiKey, fetch, baseURL: baseUrl }).chat(model);
}
