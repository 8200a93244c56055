import { InMemoryTransport, type JSONRPCMessage } from "@modelcontextprotocol/client";
import { ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";
import { serveStdio } from "../src/stdio.ts";

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const LISTEN: JSONRPCMessage = {
  jsonrpc: "2.0",
  id: 7,
  method: "subscriptions/listen",
  params: { notifications: { resourcesListChanged: true }, _meta: META },
};

/** A connection by hand, and all that it received. */
async function connect() {
  const mesh = new ContextMesh();
  const [near, far] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(mesh.agent("Claude"), { transport: far });
  onTestFinished(() => handle.close());
  const received: JSONRPCMessage[] = [];
  near.onmessage = (message) => void received.push(message);
  await near.start();
  return { near, mesh, received };
}

it("does not begin a listen that is cancelled before it is answered", async () => {
  const { near, mesh, received } = await connect();
  const cancel: JSONRPCMessage = {
    jsonrpc: "2.0",
    method: "notifications/cancelled",
    params: { requestId: 7, _meta: META },
  };
  await Promise.all([near.send(LISTEN), near.send(cancel)]);
  await near.send({ jsonrpc: "2.0", id: 8, method: "tools/list", params: { _meta: META } });
  await mesh.system.push("plan", 1, { global: true });
  await expect.poll(() => received.length).toBe(1);
  expect(received).toMatchObject([{ id: 8 }]);
});
