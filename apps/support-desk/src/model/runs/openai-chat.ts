import { answerChat, chatMessage, chatTools } from "@syntha/openai";
import type {
  ChatCompletionCreateParams,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";

import type { Connection } from "../connection.ts";
import type { ModelRun } from "../model-run.ts";
import { openaiClient } from "./openai-client.ts";

/** By OpenAI's Chat Completions, which many servers speak. */
export function openaiChat(connection: Connection): ModelRun {
  return async ({ system, prompt, handler, tool, isOver, mostTurns, signal, fetch }) => {
    const client = openaiClient(connection, fetch);
    const { name, description, parameters, take } = tool;
    const messages: ChatCompletionMessageParam[] = [
      { role: "system", content: system },
      { role: "user", content: prompt },
    ];
    const decide = { name, description, parameters, strict: true };
    const asked: Omit<ChatCompletionCreateParams, "stream"> = {
      model: connection.model,
      messages,
      tools: [...chatTools(handler), { type: "function", function: decide }],
    };
    const ask = async (): Promise<ChatCompletionMessage | undefined> => {
      if (!connection.stream) {
        const { choices } = await client.chat.completions.create(asked, { signal });
        return choices[0]?.message;
      }
      const told = { stream: true, stream_options: { include_usage: true } } as const;
      return chatMessage(await client.chat.completions.create({ ...asked, ...told }, { signal }));
    };
    let said = "";
    for (let turn = 0; turn < mostTurns && !isOver(); turn++) {
      const message = await ask();
      if (message === undefined) break;
      messages.push(message);
      said = message.content ?? said;
      const answers = await answerChat(handler, message, { customTools: { [name]: take }, signal });
      if (answers.length === 0) break;
      messages.push(...answers);
    }
    return said;
  };
}
