import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { HeardFetch, type HeardRequest } from "../src/model/heard-fetch.ts";

const EVENTS = "text/event-stream";

/** Asks a server that answers so, and gives what was heard of it. */
async function hear(status: number, type: string, body: string): Promise<HeardRequest[]> {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const told: HeardRequest[] = [];
  const heard = new HeardFetch((request) => told.push(request));
  const { port } = server.address() as AddressInfo;
  expect(await (await heard.fetch(`http://127.0.0.1:${port}`)).text()).toBe(body);
  await heard.settled();
  return told;
}

const events = (...parts: object[]): string =>
  parts.map((part) => `event: any\ndata: ${JSON.stringify(part)}\n\n`).join("");

it.each<[string, string, string, object]>([
  [
    "Chat Completions",
    "application/json",
    JSON.stringify({ usage: { prompt_tokens: 7, completion_tokens: 3 } }),
    { input: 7, output: 3 },
  ],
  [
    "Chat Completions, streamed",
    EVENTS,
    `${events({ choices: [] }, { usage: { prompt_tokens: 7, completion_tokens: 3 } })}data: [DONE]\n\n`,
    { input: 7, output: 3 },
  ],
  [
    "Responses, streamed",
    EVENTS,
    events(
      { response: { usage: null } },
      { response: { usage: { input_tokens: 7, output_tokens: 3 } } },
    ),
    { input: 7, output: 3 },
  ],
  [
    "Messages, with what the cache held",
    "application/json",
    JSON.stringify({
      usage: {
        input_tokens: 7,
        output_tokens: 3,
        cache_creation_input_tokens: 100,
        cache_read_input_tokens: null,
      },
    }),
    { input: 107, output: 3 },
  ],
  [
    "Messages, streamed",
    EVENTS,
    events(
      { message: { usage: { input_tokens: 7, output_tokens: 1, cache_read_input_tokens: 10 } } },
      { usage: { output_tokens: 3 } },
    ),
    { input: 17, output: 3 },
  ],
  ["a server that tells nothing", "text/html", "<p>Hello</p>", { input: 0, output: 0 }],
  ["a stream that breaks off", EVENTS, `data: {"usage": {"prompt_to`, { input: 0, output: 0 }],
])("counts tokens as told by %s", async (_, type, body, tokens) => {
  expect(await hear(200, type, body)).toEqual([{ status: 200, tokens }]);
});

it("hears of requests that were refused, and of those that nobody answered", async () => {
  expect(await hear(429, "application/json", "{}")).toMatchObject([{ status: 429 }]);
  const told: HeardRequest[] = [];
  const heard = new HeardFetch((request) => told.push(request));
  await expect(heard.fetch("http://127.0.0.1:1")).rejects.toBeInstanceOf(TypeError);
  expect(told).toMatchObject([{ status: undefined }]);
});
