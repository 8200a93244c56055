import { runnableTools } from "@syntha/openai";
import type { RunnableToolFunctionWithParse } from "openai/lib/RunnableFunction";

import type { Connection } from "../connection.ts";
import type { DecisionTool, ModelRun } from "../model-run.ts";
import { openaiClient } from "./openai-client.ts";

/** By the tool runner of OpenAI's SDK. */
export function openaiRunTools(connection: Connection): ModelRun {
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    const { chat } = openaiClient(connection, fetch);
    const asked = {
      model: connection.model,
      messages: [
        { role: "system" as const, content: system },
        { role: "user" as const, content: prompt },
      ],
      tools: [...runnableTools(handler), toRunnable(tool)],
    };
    const options = {
      signal,
      maxChatCompletions: mostTurns,
      // The runner has no other way to end behind a tool of one's choice.
      afterCompletion: (_: unknown, runner: { abort(): void }) => {
        if (isOver()) runner.abort();
      },
    };
    const runner = connection.stream
      ? chat.completions.runTools(
          { ...asked, stream: true, stream_options: { include_usage: true } },
          options,
        )
      : chat.completions.runTools(asked, options);
    try {
      return (await runner.finalContent()) ?? "";
    } catch (error) {
      if (isOver()) return "";
      throw error;
    }
  };
}

function toRunnable(tool: DecisionTool): RunnableToolFunctionWithParse<object> {
  const { name, description, parameters, take } = tool;
  return {
    type: "function",
    function: {
      name,
      description,
      parameters,
      strict: true,
      parse: (text) => JSON.parse(text) as object,
      function: (args) => take(args),
    },
  };
}
