import OpenAI from "openai";

import { type Connection, MOST_RETRIES } from "../connection.ts";

/** A client for one decision, so that its requests can be told from those of others. */
export function openaiClient(
  { apiKey, baseUrl }: Connection,
  fetch: typeof globalThis.fetch,
): OpenAI {
  return new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: MOST_RETRIES, fetch });
}
