import { ChatOpenAI } from "@langchain/openai";
import { ChatAnthropic } from "@langchain/anthropic";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatMistralAI } from "@langchain/mistralai";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { tool } from "@langchain/core/tools";
import type { ModelServer } from "@syntha/testing-model-server";
import { PRICE_OF } from "@syntha/testing-model-server/contract";
import * as z from "zod";

/** Creates a model that calls the server. */
export type ModelOn = (server: ModelServer) => BaseChatModel;

const COMMON = { model: "played", apiKey: "any", maxRetries: 0 };

/** OpenAI's API. */
export const chatModel = (server: ModelServer, useResponsesApi = false): ChatOpenAI =>
  new ChatOpenAI({
    ...COMMON,
    configuration: { baseURL: server.openaiUrl },
    useResponsesApi,
  });

/** Anthropic's API, whose messages contain calls as parts of their content. */
export const anthropicModel = (server: ModelServer): ChatAnthropic =>
  new ChatAnthropic({ ...COMMON, anthropicApiUrl: server.anthropicUrl });

/** Google's API, which refuses schemas with a list of types. */
export const googleModel = (server: ModelServer): ChatGoogleGenerativeAI =>
  new ChatGoogleGenerativeAI({ ...COMMON, baseUrl: server.geminiUrl });

/** Mistral's API. */
export const mistralModel = (server: ModelServer): ChatMistralAI =>
  new ChatMistralAI({ ...COMMON, serverURL: server.mistralUrl });

/** A custom tool. */
export const priceOf = tool((input) => JSON.stringify(PRICE_OF.run(input)), {
  name: PRICE_OF.name,
  description: PRICE_OF.description,
  schema: z.object({ item: z.string() }),
});
