import {
  Agent,
  MaxTurnsExceededError,
  OpenAIProvider,
  Runner,
  tool as agentTool,
} from "@openai/agents";
import { agentTools } from "@syntha/openai/agents";

import type { Connection } from "../connection.ts";
import type { ModelRun } from "../model-run.ts";
import { openaiClient } from "./openai-client.ts";

/** By OpenAI Agents: Responses at OpenAI itself, Chat Completions at any other server. */
export function openaiAgents(connection: Connection): ModelRun {
  const useResponses = connection.baseUrl === undefined;
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    const { name, description, parameters, take } = tool;
    const agent = new Agent({
      name: handler.agentName,
      instructions: system,
      model: connection.model,
      tools: [
        ...agentTools(handler),
        agentTool({ name, description, parameters, execute: async (args) => take(args) }),
      ],
      toolUseBehavior: () =>
        isOver()
          ? { isFinalOutput: true, isInterrupted: undefined, finalOutput: "" }
          : { isFinalOutput: false, isInterrupted: undefined },
    });
    const runner = new Runner({
      modelProvider: new OpenAIProvider({
        openAIClient: openaiClient(connection, fetch),
        useResponses,
      }),
      // It would send all that customers write to the vendor's traces.
      tracingDisabled: true,
      toolNotFoundBehavior: "return_error_to_model",
    });
    const options = { maxTurns: mostTurns, signal };
    try {
      if (!connection.stream) return (await runner.run(agent, prompt, options)).finalOutput ?? "";
      const streamed = await runner.run(agent, prompt, { ...options, stream: true });
      await streamed.completed;
      return streamed.finalOutput ?? "";
    } catch (error) {
      if (isOver() || error instanceof MaxTurnsExceededError) return "";
      throw error;
    }
  };
}
