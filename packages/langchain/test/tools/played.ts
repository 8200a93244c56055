import { ChatOpenAI } from "@langchain/openai";
import { tool } from "@langchain/core/tools";
import type { ModelServer } from "@syntha/test-models";
import { PRICE_OF } from "@syntha/test-models/contract";
import * as z from "zod";

/** LangChain's own client of OpenAI, talking to the server that plays the model. */
export const chatModel = (server: ModelServer, useResponsesApi = false): ChatOpenAI =>
  new ChatOpenAI({
    model: "played",
    apiKey: "any",
    configuration: { baseURL: server.openaiUrl },
    maxRetries: 0,
    useResponsesApi,
  });

/** The user's own tool, as LangChain's docs write one. */
export const priceOf = tool((input) => JSON.stringify(PRICE_OF.run(input)), {
  name: PRICE_OF.name,
  description: PRICE_OF.description,
  schema: z.object({ item: z.string() }),
});
