import type Anthropic from "@anthropic-ai/sdk";
import { answerMessage, messageTools } from "@syntha/anthropic";

import { type Connection, MOST_TOKENS } from "../connection.ts";
import type { ModelRun } from "../model-run.ts";
import { anthropicClient, cached } from "./anthropic-client.ts";

/** By Anthropic's Messages. */
export function anthropicMessages(connection: Connection): ModelRun {
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    const client = anthropicClient(connection, fetch);
    const { name, description, parameters, take } = tool;
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: prompt }];
    const asked: Anthropic.MessageCreateParamsNonStreaming = {
      model: connection.model,
      max_tokens: MOST_TOKENS,
      system: cached(system),
      messages,
      tools: [...messageTools(handler), { name, description, input_schema: parameters }],
    };
    let said = "";
    for (let turn = 0; turn < mostTurns && !isOver(); turn++) {
      const message = connection.stream
        ? await client.messages.stream(asked, { signal }).finalMessage()
        : await client.messages.create(asked, { signal });
      messages.push({ role: "assistant", content: message.content });
      said = textOf(message.content) || said;
      const answer = await answerMessage(handler, message, {
        customTools: { [name]: take },
        signal,
      });
      if (answer === undefined) break;
      messages.push(answer);
    }
    return said;
  };
}

function textOf(content: readonly Anthropic.ContentBlock[]): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}
