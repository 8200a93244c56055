import { Agent, MaxTurnsExceededError, OpenAIProvider, Runner } from "@openai/agents";
import { agentTools } from "@syntha/openai/agents";
import type { ModelRun } from "./model-run.ts";
import { openaiClient } from "./openai.ts";

/** By OpenAI Agents: Responses at OpenAI itself, Chat Completions at any other server. */
export const openaiAgents: ModelRun = async (task) => {
  const { connection, system, prompt, handler, isOver, maxTurns, signal } = task;
  const agent = new Agent({
    name: handler.agentName,
    instructions: system,
    model: connection.name,
    tools: agentTools(handler),
    toolUseBehavior: () =>
      isOver()
        ? { isFinalOutput: true, isInterrupted: undefined, finalOutput: "" }
        : { isFinalOutput: false, isInterrupted: undefined },
  });
  const runner = new Runner({
    modelProvider: new OpenAIProvider({
      openAIClient: openaiClient(task),
      useResponses: connection.baseURL === undefined,
    }),
    // It would send all that customers write to the vendor's traces.
    tracingDisabled: true,
    toolNotFoundBehavior: "return_error_to_model",
  });
  try {
    return (await runner.run(agent, prompt, { maxTurns, signal })).finalOutput ?? "";
  } catch (error) {
    if (isOver() || error instanceof MaxTurnsExceededError) return "";
    throw error;
  }
};
