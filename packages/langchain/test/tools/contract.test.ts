import { isAIMessage } from "@langchain/core/messages";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import type { AdapterRun } from "@syntha/testing-model-server/contract";
import { adapterContract } from "@syntha/testing-model-server/contract";
import { createAgent } from "langchain";
import { preserveInvalidToolCalls, langchainTools, meshMiddleware } from "../../src/index.ts";
import {
  anthropicModel,
  chatModel,
  googleModel,
  mistralModel,
  type ModelOn,
  priceOf,
} from "./models.ts";

const NO_JSON = "answers arguments that are not JSON";
const NO_SUCH_TOOL = "answers a call of an unknown tool";

const asked = (prompt: string) => ({ messages: [{ role: "user", content: prompt }] });

const agentOf = ({ handler, server }: AdapterRun, modelOn: ModelOn) =>
  createAgent({
    model: modelOn(server),
    tools: [priceOf, ...langchainTools(handler)],
    middleware: [meshMiddleware(handler)],
  });

/** Each vendor has its own format of calls and schemas. */
const MODELS: Readonly<Record<string, ModelOn>> = {
  ChatOpenAI: (server) => chatModel(server),
  "ChatOpenAI by the Responses API": (server) => chatModel(server, true),
  ChatAnthropic: (server) => anthropicModel(server),
  ChatGoogleGenerativeAI: (server) => googleModel(server),
  ChatMistralAI: (server) => mistralModel(server),
};
const PARSED_BY_THE_API: readonly string[] = ["ChatAnthropic", "ChatGoogleGenerativeAI"];

for (const [name, modelOn] of Object.entries(MODELS)) {
  // These APIs parse arguments themselves and never return invalid JSON.
  const otherwise = PARSED_BY_THE_API.includes(name) ? { [NO_JSON]: /`key` is missing/ } : {};

  const complete = async (stage: AdapterRun): Promise<string> => {
    const { messages } = await agentOf(stage, modelOn).invoke(asked(stage.prompt));
    return messages.at(-1)?.text ?? "";
  };
  const isVariant = name === "ChatOpenAI by the Responses API";
  adapterContract(`createAgent on ${name}`, complete, { otherwise, isVariant });

  const streamed = async (stage: AdapterRun): Promise<string> => {
    let text = "";
    const agent = agentOf(stage, modelOn);
    const stream = await agent.stream(asked(stage.prompt), { streamMode: "messages" });
    for await (const [message, { langgraph_node }] of stream) {
      if (langgraph_node !== "model_request") continue;
      text = isToolCall(message) ? "" : text + message.text;
    }
    return text;
  };
  adapterContract(`createAgent on ${name}, streamed`, streamed, { otherwise, isVariant: true });
}

const isToolCall = (message: object): boolean =>
  "tool_call_chunks" in message && (message.tool_call_chunks as unknown[]).length > 0;

adapterContract(
  "createAgent with the tools alone",
  async ({ handler, server, prompt }) => {
    const tools = [priceOf, ...langchainTools(handler)];
    const { messages } = await createAgent({ model: chatModel(server), tools }).invoke(
      asked(prompt),
    );
    return messages.at(-1)?.text ?? "";
  },
  {
    isVariant: true,
    otherwise: {
      [NO_SUCH_TOOL]: /send_email is not a valid tool/,
      // The run ends with an empty answer.
      [NO_JSON]: /^$/,
    },
  },
);

adapterContract(
  "a StateGraph with ToolNode",
  async ({ handler, server, prompt }) => {
    const tools = [priceOf, ...langchainTools(handler)];
    const model = chatModel(server).bindTools(tools);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("model", async ({ messages }) => ({
        messages: [preserveInvalidToolCalls(handler, await model.invoke(messages))],
      }))
      .addNode("tools", new ToolNode(tools))
      .addEdge(START, "model")
      .addConditionalEdges("model", ({ messages }) => {
        const last = messages.at(-1);
        return last !== undefined && isAIMessage(last) && last.tool_calls?.length ? "tools" : END;
      })
      .addEdge("tools", "model")
      .compile();
    const { messages } = await graph.invoke(asked(prompt));
    return messages.at(-1)?.text ?? "";
  },
  // ToolNode answers these itself.
  { isVariant: true, otherwise: { [NO_SUCH_TOOL]: /Tool \\"send_email\\" not found/ } },
);
