import { ContextMesh, MemoryStorage } from "@syntha/core";
import { SSEStreamingApi } from "hono/streaming";
import { expect, it, onTestFinished } from "vitest";
import { LiveFeed } from "../src/worker/live-feed.ts";

it("ends with its request, even if its stream is not cancelled", async () => {
  const mesh = new ContextMesh({ storage: new MemoryStorage(), tenantId: "acme" });
  onTestFinished(() => mesh.close());
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const stream = new SSEStreamingApi(writable, readable);
  const request = new AbortController();
  const writing = new LiveFeed(mesh.agent("Ann"), undefined, request.signal).writeTo(stream);
  const { value } = await stream.responseReadable.getReader().read();
  expect(new TextDecoder().decode(value)).toContain("event: ready");
  request.abort();
  await writing;
});
