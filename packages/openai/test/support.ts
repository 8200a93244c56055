import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AgentContext } from "@syntha/core";
import type { Play } from "@syntha/testing-model-server";
import { PRICE_OF } from "@syntha/testing-model-server/contract";
import OpenAI from "openai";
import OpenAI6 from "openai-6";
import { onTestFinished } from "vitest";

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

/** An agent whose first write takes its time, as one over a network may. */
export function slowFirst(agent: AgentContext): AgentContext {
  let isFirst = true;
  return new Proxy(agent, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== "function") return value;
      if (member !== "push") return value.bind(target);
      return async (...args: unknown[]) => {
        const wait = isFirst ? 30 : 0;
        isFirst = false;
        await new Promise((resolve) => setTimeout(resolve, wait));
        return value.apply(target, args);
      };
    },
  });
}

/** Writes and reads in one message, then tells what it read. */
export const writeThenRead: Play = ({ results }) =>
  results.length === 0
    ? {
        calls: [
          { name: "push_context", arguments: { key: "a", value: "written", global: true } },
          { name: "get_context", arguments: { keys: ["a"] } },
        ],
      }
    : { text: JSON.stringify(JSON.parse(results[1] ?? "").context) };

/** Where each request is answered by the next of these streams, as servers of odd kinds send them. */
export async function streamOf(...chunks: readonly object[]): Promise<Reach> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    response.end("data: [DONE]\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { openaiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}
