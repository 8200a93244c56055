import { adapterContract, PRICE_OF, type AdapterRun } from "@syntha/testing-model-server/contract";
import type OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { toResponseInputItems } from "openai/lib/responses/ResponseInputItems";
import type { Response, ResponseInputItem } from "openai/resources/responses/responses";
import { zodFunction } from "openai/helpers/zod";
import * as z from "zod";
import {
  answerChat,
  answerResponse,
  chatMessage,
  chatTools,
  customTools,
  responseTools,
  runnableTools,
} from "../src/index.ts";
import {
  clientOf,
  oldestClientOf,
  CUSTOM_TOOLS,
  PRICE_OF_CHAT,
  PRICE_OF_RESPONSES,
  type ServerUrl,
} from "./support.ts";

const model = "played";

type Ask = (
  client: OpenAI,
  params: Pick<OpenAI.ChatCompletionCreateParamsNonStreaming, "model" | "messages" | "tools">,
) => Promise<OpenAI.ChatCompletionMessage>;

const created: Ask = async (client, params) => {
  const { choices } = await client.chat.completions.create(params);
  if (choices[0] === undefined) throw new Error("The completion has no choice.");
  return choices[0].message;
};

const streamed: Ask = async (client, params) =>
  chatMessage(await client.chat.completions.create({ ...params, stream: true }));

const streamHelper: Ask = (client, params) =>
  client.chat.completions.stream({ ...params, stream: true }).finalMessage();

const parsed: Ask = async (client, params) => {
  const { choices } = await client.chat.completions.parse(params);
  if (choices[0] === undefined) throw new Error("The completion has no choice.");
  return choices[0].message;
};

const chat =
  (ask: Ask, connect: (server: ServerUrl) => OpenAI = clientOf) =>
  async ({ handler, prompt, server }: AdapterRun): Promise<string> => {
    const client = connect(server);
    const messages: ChatCompletionMessageParam[] = [{ role: "user", content: prompt }];
    for (;;) {
      const tools = [...chatTools(handler), PRICE_OF_CHAT];
      const message = await ask(client, { model, messages, tools });
      if (message.tool_calls === undefined) return message.content ?? "";
      messages.push(
        message,
        ...(await answerChat(handler, message, { customTools: CUSTOM_TOOLS })),
      );
    }
  };

adapterContract("chat completions", chat(created));
for (const [name, perform] of Object.entries({
  "chat completions, streamed": chat(streamed),
  "chat.completions.stream": chat(streamHelper),
  "chat.completions.parse": chat(parsed),
  "chat completions of the oldest SDK": chat(created, oldestClientOf),
  "chat completions of the oldest SDK, streamed": chat(streamed, oldestClientOf),
  "chat.completions.stream of the oldest SDK": chat(streamHelper, oldestClientOf),
}))
  adapterContract(name, perform, { isVariant: true });

type Respond = (
  client: OpenAI,
  params: Pick<
    OpenAI.Responses.ResponseCreateParamsNonStreaming,
    "model" | "input" | "tools" | "previous_response_id"
  >,
) => Promise<Response>;

const responded: Respond = (client, params) => client.responses.create(params);
const respondedInStream: Respond = (client, params) =>
  client.responses.stream(params).finalResponse();
const respondedInEvents: Respond = async (client, params) => {
  for await (const event of await client.responses.create({ ...params, stream: true }))
    if (event.type === "response.completed") return event.response;
  throw new Error("The response was not completed.");
};
const respondedParsed: Respond = (client, params) => client.responses.parse(params);

const responses =
  (respond: Respond, connect: (server: ServerUrl) => OpenAI = clientOf) =>
  async ({ handler, prompt, server }: AdapterRun): Promise<string> => {
    const client = connect(server);
    const input: ResponseInputItem[] = [{ role: "user", content: prompt }];
    for (;;) {
      const tools = [...responseTools(handler), PRICE_OF_RESPONSES];
      const response = await respond(client, { model, input, tools });
      const outputs = await answerResponse(handler, response, { customTools: CUSTOM_TOOLS });
      if (outputs.length === 0) return textOf(response);
      input.push(...toResponseInputItems(response.output), ...outputs);
    }
  };

/** Raw events have no `output_text`. */
const textOf = ({ output }: Response): string =>
  output
    .flatMap((item) => (item.type === "message" ? item.content : []))
    .map((part) => (part.type === "output_text" ? part.text : part.refusal))
    .join("");

for (const [name, perform] of Object.entries({
  responses: responses(responded),
  "responses, streamed": responses(respondedInEvents),
  "responses.stream": responses(respondedInStream),
  "responses.parse": responses(respondedParsed),
  "responses of the oldest SDK": responses(responded, oldestClientOf),
  "responses.stream of the oldest SDK": responses(respondedInStream, oldestClientOf),
}))
  adapterContract(name, perform, { isVariant: true });

const priceOf = zodFunction({
  name: PRICE_OF.name,
  description: PRICE_OF.description,
  parameters: z.object({ item: z.string() }),
  function: PRICE_OF.run,
});

const runTools =
  (
    { strict, stream }: { strict: boolean; stream: boolean },
    connect: (server: ServerUrl) => OpenAI = clientOf,
  ) =>
  async ({ handler, prompt, server }: AdapterRun): Promise<string> => {
    const { completions } = connect(server).chat;
    const params = {
      model,
      messages: [{ role: "user" as const, content: prompt }],
      tools: [...runnableTools(handler, { strict }), priceOf],
    };
    const runner = stream
      ? completions.runTools({ ...params, stream: true })
      : completions.runTools(params);
    return (await runner.finalContent()) ?? "";
  };

const UNKNOWN = { "answers a call of an unknown tool": /Invalid tool_call: \\"send_email/ };
const BROKEN = { "answers arguments that are not JSON": /invalid structured output JSON/ };

for (const stream of [false, true]) {
  const how = stream ? ", streamed" : "";
  const loose = { strict: false, stream };
  adapterContract(`runTools${how}`, runTools({ strict: true, stream }), {
    otherwise: { ...UNKNOWN, ...BROKEN },
    isVariant: true,
  });
  adapterContract(`runTools without strict mode${how}`, runTools(loose), {
    otherwise: UNKNOWN,
    isVariant: stream,
  });
  adapterContract(`runTools of the oldest SDK${how}`, runTools(loose, oldestClientOf), {
    otherwise: UNKNOWN,
    isVariant: true,
  });
}

/** Custom tools in the SDK's forms, without its runner. */
const chatWithRunnable = async (stage: AdapterRun): Promise<string> => {
  const client = clientOf(stage.server);
  const messages: ChatCompletionMessageParam[] = [{ role: "user", content: stage.prompt }];
  for (;;) {
    const tools = [...chatTools(stage.handler), priceOf];
    const message = await created(client, { model, messages, tools });
    if (message.tool_calls === undefined) return message.content ?? "";
    messages.push(
      message,
      ...(await answerChat(stage.handler, message, { customTools: customTools([priceOf]) })),
    );
  }
};
adapterContract("chat completions, with a tool for runTools", chatWithRunnable, {
  isVariant: true,
});
