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

/** OpenAI's API. */
export const chatModel = (server: ModelServer, useResponsesApi = false): ChatOpenAI =>
  new ChatOpenAI({
    model: "played",
    apiKey: "any",
    configuration: { baseURL: server.openaiUrl },
    maxRetries: 0,
    useResponsesApi,
  });

/** Anthropic's API, whose messages contain calls as parts of their content. */
export const anthropicModel = (server: ModelServer): ChatAnthropic =>
  new ChatAnthropic({
    model: "played",
    apiKey: "any",
    anthropicApiUrl: server.anthropicUrl,
    maxRetries: 0,
  });

/** Google's API, which refuses schemas with a list of types. */
export const googleModel = (server: ModelServer): ChatGoogleGenerativeAI =>
  new ChatGoogleGenerativeAI({
    model: "played",
    apiKey: "any",
    baseUrl: server.geminiUrl,
    maxRetries: 0,
  });

/** Mistral's API. */
export const mistralModel = (server: ModelServer): ChatMistralAI =>
  new ChatMistralAI({
    model: "played",
    apiKey: "any",
    serverURL: server.mistralUrl,
    maxRetries: 0,
  });

/** A custom tool. */
export const priceOf = tool((input) => JSON.stringify(PRICE_OF.run(input)), {
  name: PRICE_OF.name,
  description: PRICE_OF.description,
  schema: z.object({ item: z.string() }),
});
