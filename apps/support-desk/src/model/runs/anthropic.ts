import Anthropic from "@anthropic-ai/sdk";
import { answerMessage, messageTools, runnableTools } from "@syntha/anthropic";

import { MAX_RETRIES, MAX_TOKENS } from "../model-choice.ts";
import { type ModelRun, type ModelTask, takeTurns } from "../model-run.ts";

function anthropicClient({ connection, fetch }: ModelTask): Anthropic {
  const { apiKey, baseURL } = connection;
  // A token in the environment is for the vendor's own server, and would go to any other too.
  return new Anthropic({ apiKey, authToken: null, baseURL, maxRetries: MAX_RETRIES, fetch });
}

/** Instructions are the same for every decision of a kind, so that the vendor's cache applies. */
function requestOf({ connection, system }: ModelTask) {
  const cached = {
    type: "text" as const,
    text: system,
    cache_control: { type: "ephemeral" as const },
  };
  return { model: connection.name, max_tokens: MAX_TOKENS, system: [cached] };
}

function textOf(content: readonly { type: string; text?: unknown }[]): string {
  return content.map(({ type, text }) => (type === "text" ? String(text) : "")).join("");
}

/** By Anthropic's Messages. */
export const anthropicMessages: ModelRun = async (task) => {
  const { connection, prompt, handler, signal } = task;
  const client = anthropicClient(task).messages;
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: prompt }];
  const request = { ...requestOf(task), messages, tools: messageTools(handler) };
  return takeTurns(task, async () => {
    const message = connection.stream
      ? await client.stream(request, { signal }).finalMessage()
      : await client.create(request, { signal });
    messages.push({ role: "assistant", content: message.content });
    const answer = await answerMessage(handler, message, { signal });
    if (answer !== undefined) messages.push(answer);
    return { text: textOf(message.content), hasCalls: answer !== undefined };
  });
};

/** By the tool runner of Anthropic's SDK. */
export const anthropicToolRunner: ModelRun = async (task) => {
  const { connection, prompt, handler, isOver, maxTurns, signal } = task;
  const runner = anthropicClient(task).beta.messages.toolRunner(
    {
      ...requestOf(task),
      messages: [{ role: "user", content: prompt }],
      tools: runnableTools(handler),
      max_iterations: maxTurns,
      stream: connection.stream,
      // A thread would stay with the vendor, and other servers have none.
      thread: false,
    },
    { signal },
  );
  let said = "";
  for await (const turn of runner) {
    const { content } = "finalMessage" in turn ? await turn.finalMessage() : turn;
    said = textOf(content) || said;
    // The runner calls the tools after this loop's body, and then asks again: here they are called in time to end.
    await runner.generateToolResponse();
    if (isOver()) break;
  }
  return said;
};
