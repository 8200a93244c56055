import type { BetaRunnableTool } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import { runnableTools } from "@syntha/anthropic";

import { type Connection, MOST_TOKENS } from "../connection.ts";
import type { DecisionTool, ModelRun } from "../model-run.ts";
import { anthropicClient, cached } from "./anthropic-client.ts";

/** By the tool runner of Anthropic's SDK. */
export function anthropicToolRunner(connection: Connection): ModelRun {
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    const { beta } = anthropicClient(connection, fetch);
    const runner = beta.messages.toolRunner(
      {
        model: connection.model,
        max_tokens: MOST_TOKENS,
        system: cached(system),
        messages: [{ role: "user", content: prompt }],
        tools: [...runnableTools(handler), toRunnable(tool)],
        max_iterations: mostTurns,
        stream: connection.stream,
        // All of it goes with each request: a thread would stay at the vendor's, and other servers have none.
        thread: false,
      },
      { signal },
    );
    let said = "";
    for await (const turn of runner) {
      const { content } = "finalMessage" in turn ? await turn.finalMessage() : turn;
      said = content.map((block) => (block.type === "text" ? block.text : "")).join("") || said;
      // The runner calls the tools behind this loop's body, and then asks on: here they are called in time to end.
      await runner.generateToolResponse();
      if (isOver()) break;
    }
    return said;
  };
}

function toRunnable(tool: DecisionTool): BetaRunnableTool<unknown> {
  const { name, description, parameters, take } = tool;
  return {
    name,
    description,
    input_schema: parameters,
    parse: (input) => input,
    run: (args) => JSON.stringify(take(args)),
  };
}
