import { expect, it, onTestFinished } from "vitest";
import { listen } from "../src/node.ts";

const LOOPBACK = { host: "127.0.0.1", port: 0 };

function handlerOf(fetch: (request: Request) => Promise<Response>): Parameters<typeof listen>[0] {
  return { fetch, close: async () => undefined };
}

it("names a port that is in use", async () => {
  const handler = handlerOf(async () => new Response("ok"));
  const first = await listen(handler, LOOPBACK);
  onTestFinished(() => first.close());
  const port = Number(new URL(first.url).port);
  await expect(listen(handler, { ...LOOPBACK, port })).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: `Port ${port} of 127.0.0.1 is in use.`,
  });
});

it("lets its handler end its streams when it closes", async () => {
  const stop = new AbortController();
  const encoder = new TextEncoder();
  const fetch = async (): Promise<Response> => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(encoder.encode("first "));
        stop.signal.addEventListener("abort", () => {
          controller.enqueue(encoder.encode("last"));
          controller.close();
        });
      },
    });
    return new Response(body);
  };
  const listener = await listen({ fetch, close: async () => stop.abort() }, LOOPBACK);
  const response = await globalThis.fetch(listener.url);
  const closing = listener.close();
  expect(await response.text()).toBe("first last");
  await closing;
});

it("keeps connections for longer than the proxies before it", async () => {
  const listener = await listen(
    handlerOf(async () => new Response("ok")),
    LOOPBACK,
  );
  onTestFinished(() => listener.close());
  const { headers } = await fetch(listener.url);
  const [, seconds] = /timeout=(\d+)/.exec(headers.get("keep-alive") ?? "") ?? [];
  expect(Number(seconds)).toBeGreaterThan(60);
});
