import { createOpenAI } from "@ai-sdk/openai";
import { PRICE_OF, type AdapterRun } from "@syntha/testing-model-server/contract";
import {
  generateText,
  jsonSchema,
  type LanguageModel,
  stepCountIs,
  streamText,
  tool,
  ToolLoopAgent,
} from "ai";
import { aiTools, repairToolCall } from "../src/index.ts";

const priceOf = tool({
  description: PRICE_OF.description,
  inputSchema: jsonSchema<{ item: string }>(PRICE_OF.parameters as never),
  execute: (args) => PRICE_OF.run(args),
});

export type ModelOf = (stage: Pick<AdapterRun, "server">) => LanguageModel;

export const chat: ModelOf = ({ server }) =>
  createOpenAI({ baseURL: server.openaiUrl, apiKey: "any" }).chat("played");

export const responses: ModelOf = ({ server }) =>
  createOpenAI({ baseURL: server.openaiUrl, apiKey: "any" }).responses("played");

const settings = ({ handler }: AdapterRun) => ({
  tools: { ...aiTools(handler), price_of: priceOf },
  stopWhen: stepCountIs(20),
  maxRetries: 0,
  maxOutputTokens: 1_000,
  // Its names in version 7 and in version 6.
  repairToolCall: repairToolCall(handler),
  experimental_repairToolCall: repairToolCall(handler),
});

export const runModes = {
  generateText: async (stage: AdapterRun, modelOf: ModelOf) => {
    const { prompt } = stage;
    const { text } = await generateText({ model: modelOf(stage), prompt, ...settings(stage) });
    return text;
  },
  streamText: async (stage: AdapterRun, modelOf: ModelOf) => {
    const { prompt } = stage;
    let thrown: unknown;
    const onError = ({ error }: { error: unknown }) => {
      thrown = error;
    };
    const run = streamText({ model: modelOf(stage), prompt, onError, ...settings(stage) });
    const text = await run.text;
    if (thrown !== undefined) throw thrown;
    return text;
  },
  ToolLoopAgent: async (stage: AdapterRun, modelOf: ModelOf) => {
    const agent = new ToolLoopAgent({ model: modelOf(stage), ...settings(stage) });
    const { text } = await agent.generate({ prompt: stage.prompt });
    return text;
  },
  "ToolLoopAgent, streamed": async (stage: AdapterRun, modelOf: ModelOf) => {
    const agent = new ToolLoopAgent({ model: modelOf(stage), ...settings(stage) });
    const run = await agent.stream({ prompt: stage.prompt });
    return run.text;
  },
};

/** An agent calls a vendor as the two functions do. */
export const vendorModes = Object.entries(runModes).filter(
  ([name]) => process.env["SYNTHA_TESTS"] === "full" || name.endsWith("Text"),
);
