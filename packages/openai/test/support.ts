import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AgentContext } from "@syntha/core";
import type { Play } from "@syntha/testing-model-server";
import { PRICE_OF } from "@syntha/testing-model-server/contract";
import OpenAI from "openai";
import OpenAI6 from "openai-6";
import { onTestFinished } from "vitest";

/** Where a client reaches the server that simulates a model. */
export interface ServerUrl {
  openaiUrl: string;
}

export const clientOf = ({ openaiUrl }: ServerUrl, options: { maxRetries?: number } = {}): OpenAI =>
  new OpenAI({ baseURL: openaiUrl, apiKey: "any", ...options });

/** A client of the oldest SDK of the peer range, with the types of the newest. `oldest-types` checks its own types. */
export const oldestClientOf = ({ openaiUrl }: ServerUrl): OpenAI =>
  new OpenAI6({ baseURL: openaiUrl, apiKey: "any" }) as unknown as OpenAI;

const { name, description, parameters, run } = PRICE_OF;

/** A custom tool in each form of the SDK. */
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
export const CUSTOM_TOOLS = { [name]: run };

/** An agent whose first write is slow. */
export function withSlowFirstWrite(agent: AgentContext): AgentContext {
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

/** Writes and reads in one message, then answers with what it read. */
export const writeThenRead: Play = ({ results }) =>
  results.length === 0
    ? {
        calls: [
          { name: "push_context", arguments: { key: "a", value: "written", global: true } },
          { name: "get_context", arguments: { keys: ["a"] } },
        ],
      }
    : { text: JSON.stringify(JSON.parse(results[1] ?? "").context) };

/** A server that answers every request with this stream of chunks. */
export async function streamOf(...chunks: readonly object[]): Promise<ServerUrl> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    response.end("data: [DONE]\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { openaiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}
