import { PRICE_OF } from "@syntha/test-models/contract";
import OpenAI from "openai";
import OpenAI6 from "openai-6";

/** What a client is made with to reach a server that plays the model. */
export interface Reach {
  openaiUrl: string;
}

export const clientOf = ({ openaiUrl }: Reach, options: { maxRetries?: number } = {}): OpenAI =>
  new OpenAI({ baseURL: openaiUrl, apiKey: "any", ...options });

/** The oldest SDK of the peer range, taken for the newest: what types it has is told elsewhere. */
export const clientOf6 = ({ openaiUrl }: Reach): OpenAI =>
  new OpenAI6({ baseURL: openaiUrl, apiKey: "any" }) as unknown as OpenAI;

const { name, description, parameters, run } = PRICE_OF;

/** A tool of the user's own in each form that the SDK knows. */
export const PRICE_OF_CHAT = {
  type: "function",
  function: { name, description, parameters, strict: true },
} as const;
export const PRICE_OF_RESPONSES = {
  type: "function",
  name,
  description,
  parameters,
  strict: true,
} as const;
export const OWN = { [name]: run };
