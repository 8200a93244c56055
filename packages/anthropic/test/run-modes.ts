import Anthropic, { type ClientOptions } from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { PRICE_OF, type AdapterRun } from "@syntha/testing-model-server/contract";
import { answerMessage, messageTools, customTools, runnableTools } from "../src/index.ts";
import { threadFetch } from "./thread-fetch.ts";

const model = "played";
const max_tokens = 1_000;

const priceOf = betaTool({
  name: PRICE_OF.name,
  description: PRICE_OF.description,
  inputSchema: PRICE_OF.parameters,
  run: (args) => JSON.stringify(PRICE_OF.run(args)),
});

export function clientOf(
  { server }: Pick<AdapterRun, "server">,
  options: ClientOptions = {},
): Anthropic {
  return new Anthropic({ baseURL: server.anthropicUrl, apiKey: "any", ...options });
}

export function textOf(content: readonly { type: string; text?: unknown }[]): string {
  return content.map(({ type, text }) => (type === "text" ? text : "")).join("");
}

type Ask = (body: Anthropic.MessageCreateParamsNonStreaming) => Promise<Anthropic.Message>;

/** The loop of Anthropic's documentation. */
async function loop({ handler, prompt }: AdapterRun, ask: Ask): Promise<string> {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: prompt }];
  const custom = customTools([priceOf]);
  for (;;) {
    const tools = [...messageTools(handler), priceOf as Anthropic.Tool];
    const message = await ask({ model, max_tokens, messages, tools });
    messages.push({ role: "assistant", content: message.content });
    const answer = await answerMessage(handler, message, { customTools: custom });
    if (answer === undefined) return textOf(message.content);
    messages.push(answer);
  }
}

export const runModes = {
  messages: (stage: AdapterRun) => {
    const client = clientOf(stage);
    return loop(stage, (body) => client.messages.create(body));
  },
  "streamed messages": (stage: AdapterRun) => {
    const client = clientOf(stage);
    return loop(stage, (body) => client.messages.stream(body).finalMessage());
  },
  "the tool runner": (stage: AdapterRun) => runTools(clientOf(stage), stage, { thread: false }),
  "the tool runner, streamed": (stage: AdapterRun) =>
    runTools(clientOf(stage), stage, { thread: false, stream: true }),
  "the tool runner, streamed and eager": (stage: AdapterRun) =>
    runTools(clientOf(stage), stage, { thread: false, stream: true, runToolsEagerly: true }),
  "the tool runner on a thread": (stage: AdapterRun) =>
    runTools(clientOf(stage, { fetch: threadFetch() }), stage, {}),
};

interface RunOptions {
  thread?: false;
  stream?: boolean;
  runToolsEagerly?: boolean;
}

async function runTools(
  client: Anthropic,
  { handler, prompt }: AdapterRun,
  options: RunOptions,
): Promise<string> {
  const message = await client.beta.messages.toolRunner({
    model,
    max_tokens,
    messages: [{ role: "user", content: prompt }],
    tools: [...runnableTools(handler), priceOf],
    ...options,
  });
  return textOf(message.content);
}
