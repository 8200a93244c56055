import { type Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { onTestFinished } from "vitest";
import { type McpHandlerOptions, mcpHandler } from "../../src/index.ts";
import { listen } from "../../src/node.ts";
import { newClient } from "./client.ts";
import type { Era } from "./eras.ts";

/** Serves a handler on a free port of the loopback until the test is over. Returns its URL. */
export async function serve(options: McpHandlerOptions): Promise<string> {
  const listener = await listen(mcpHandler(options), { host: "127.0.0.1", port: 0 });
  onTestFinished(() => listener.close());
  return listener.url;
}

export interface ConnectOptions {
  readonly era?: Era;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The official client, connected until the test is over. */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Client> {
  const { era = "modern", token, headers } = options;
  const client = newClient(era);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const requestInit = { headers: { ...authorization, ...headers } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  onTestFinished(() => client.close());
  return client;
}

/** A request by hand: `method` of the current protocol, with what it must carry. */
export function post(
  url: string,
  method: string,
  { params = {}, headers = {}, id = 1, signal }: PostOptions = {},
): Promise<Response> {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const { name, uri } = params as { name?: string; uri?: string };
  const target = name ?? uri;
  return fetch(url, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(target !== undefined && { "mcp-name": target }),
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id, method, params: { ...params, _meta: meta } }),
    signal: signal ?? null,
  });
}

export interface PostOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly id?: number;
  readonly signal?: AbortSignal;
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
