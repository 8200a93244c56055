import Anthropic from "@anthropic-ai/sdk";

import { type Connection, MOST_RETRIES } from "../connection.ts";

/** A client for one decision, so that its requests can be told from those of others. */
export function anthropicClient(
  { apiKey, baseUrl }: Connection,
  fetch: typeof globalThis.fetch,
): Anthropic {
  // A token in the environment is for the vendor's own server, and would go to any other too.
  return new Anthropic({
    apiKey,
    authToken: null,
    baseURL: baseUrl,
    maxRetries: MOST_RETRIES,
    fetch,
  });
}

/** Instructions are the same for every decision of an agent: what stands before the mark is cached at the vendor's. */
export function cached(system: string) {
  return [{ type: "text" as const, text: system, cache_control: { type: "ephemeral" as const } }];
}
