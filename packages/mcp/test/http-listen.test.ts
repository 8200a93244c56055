import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { type AgentContext, ContextMesh } from "@syntha/core";
import { expect, it, onTestFinished } from "vitest";
import { AgentServer } from "../src/agent/agent-server.ts";
import { itemUri } from "../src/resources/resource-uri.ts";
import { collectNotices, newClient } from "./support/resource-client.ts";
import { until } from "./support/until.ts";

type Handle = (request: Request) => Promise<Response>;

/** Serves a fetch handler on a port of loopback. */
async function serve(handle: Handle): Promise<URL> {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const hasBody = request.method === "POST";
    const answer = await handle(
      new Request(`http://127.0.0.1${request.url}`, {
        method: request.method ?? "GET",
        headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        body: hasBody ? (Readable.toWeb(request) as ReadableStream<Uint8Array>) : null,
        signal: gone.signal,
        ...(hasBody && { duplex: "half" }),
      } as RequestInit),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.flushHeaders();
    try {
      for await (const bytes of answer.body ?? []) response.write(bytes);
    } catch {
      // The client has gone.
    }
    response.end();
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
}

it("announces over HTTP to each agent what it sees, and watches while it listens", async () => {
  const mesh = new ContextMesh();
  const connect = async (agent: AgentContext) => {
    const server = new AgentServer(agent, {});
    const handler = createMcpHandler((context) => server.create(context), { bus: server.bus });
    const url = await serve(async (request) => {
      const release = await server.bus.start();
      try {
        return await handler.fetch(request);
      } finally {
        release();
      }
    });
    const client = newClient("modern");
    onTestFinished(() => client.close());
    const notices = collectNotices(client);
    await client.connect(new StreamableHTTPClientTransport(url));
    return { server, client, notices };
  };
  const [ann, bob] = await Promise.all([connect(mesh.agent("Ann")), connect(mesh.agent("Bob"))]);
  const uris = [itemUri("shared"), itemUri("secret")];
  const filter = { resourcesListChanged: true, resourceSubscriptions: uris };
  const listens = await Promise.all([ann.client.listen(filter), bob.client.listen(filter)]);
  await mesh.system.push("secret", 1, { subscribers: ["Ann"] });
  await mesh.system.push("shared", 1, { global: true });
  for (const { notices } of [ann, bob])
    await until(() => notices.some(({ uri }) => uri === itemUri("shared")));
  for (const { notices } of [ann, bob])
    await until(() => notices.some(({ method }) => method === "list_changed"));
  expect(new Set(ann.notices.map(({ uri }) => uri))).toEqual(new Set([...uris, undefined]));
  expect(bob.notices.map(({ uri }) => uri)).toEqual([itemUri("shared"), undefined]);
  for (const { cursor } of bob.notices) expect(cursor).toMatch(/^c1\./);
  expect(bob.server.bus.isActive).toBe(true);
  for (const listen of listens) await listen.close();
  await until(() => !ann.server.bus.isActive && !bob.server.bus.isActive);
});
