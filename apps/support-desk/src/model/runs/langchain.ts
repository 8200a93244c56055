import { AIMessageChunk } from "@langchain/core/messages";
import { type ClientTool, DynamicStructuredTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { langchainTools, meshMiddleware } from "@syntha/langchain";
import { createAgent, createMiddleware } from "langchain";

import { type Connection, MOST_RETRIES } from "../connection.ts";
import type { ModelRun } from "../model-run.ts";

/** Steps of LangChain's graph for one message of the model: more than it takes, so that messages are what is counted. */
const STEPS_PER_TURN = 10;

/** By LangChain's `createAgent`, on OpenAI's models. */
export function langchain({ apiKey, baseUrl, model, stream }: Connection): ModelRun {
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    let turns = 0;
    const { name, description, parameters, take } = tool;
    const decide = new DynamicStructuredTool({
      name,
      description,
      schema: parameters,
      func: async (args: unknown) => JSON.stringify(take(args)),
    });
    const agent = createAgent({
      model: new ChatOpenAI({
        model,
        apiKey,
        maxRetries: MOST_RETRIES,
        configuration: { baseURL: baseUrl, fetch },
      }),
      systemPrompt: system,
      tools: [...langchainTools(handler), decide] as ClientTool[],
      middleware: [
        createMiddleware({
          name: "EndsWithTheDecision",
          beforeModel: {
            canJumpTo: ["end"],
            hook: () =>
              isOver() || turns++ === mostTurns ? { jumpTo: "end" as const } : undefined,
          },
        }),
        meshMiddleware(handler),
      ],
    });
    const asked = { messages: [{ role: "user", content: prompt }] };
    const options = { signal, recursionLimit: mostTurns * STEPS_PER_TURN };
    if (!stream) return (await agent.invoke(asked, options)).messages.at(-1)?.text ?? "";
    // A model with `streaming: true` that is invoked counts tokens itself, and fetches its tables from the network.
    let said = "";
    const streamed = await agent.stream(asked, { ...options, streamMode: "messages" });
    for await (const [message] of streamed) {
      if (AIMessageChunk.isInstance(message)) said += message.text;
    }
    return said;
  };
}
