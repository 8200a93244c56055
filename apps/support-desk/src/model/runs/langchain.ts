import type { ClientTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { langchainTools, meshMiddleware } from "@syntha/langchain";
import { createAgent, createMiddleware } from "langchain";
import { MAX_RETRIES } from "../model-choice.ts";
import type { ModelRun } from "./model-run.ts";

/** Steps of LangChain's graph for one message of the model: more than needed, so that messages are the limit. */
const STEPS_PER_TURN = 10;

/** By LangChain's `createAgent`, on OpenAI's models. */
export const langchain: ModelRun = async (task) => {
  const { connection, system, prompt, handler, isOver, maxTurns, signal, fetch } = task;
  const { name: model, apiKey, baseURL } = connection;
  let turns = 0;
  const hook = () => (isOver() || turns++ === maxTurns ? { jumpTo: "end" as const } : undefined);
  const configuration = { baseURL, fetch };
  const agent = createAgent({
    model: new ChatOpenAI({ model, apiKey, maxRetries: MAX_RETRIES, configuration }),
    systemPrompt: system,
    tools: langchainTools(handler) as ClientTool[],
    middleware: [
      createMiddleware({ name: "EndsWithTheDecision", beforeModel: { canJumpTo: ["end"], hook } }),
      meshMiddleware(handler),
    ],
  });
  const request = { messages: [{ role: "user", content: prompt }] };
  const options = { signal, recursionLimit: maxTurns * STEPS_PER_TURN };
  return (await agent.invoke(request, options)).messages.at(-1)?.text ?? "";
};
