import {
  Client,
  type ClientOptions,
  InMemoryTransport,
  type JSONRPCMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import type { AgentContext } from "@syntha/core";
import { onTestFinished } from "vitest";
import type { Era } from "./eras.ts";
import { serveStdio, type StdioOptions } from "../../src/stdio.ts";

export interface Connected {
  readonly client: Client;
  /** What the client sent, in order. */
  readonly sent: JSONRPCMessage[];
  /** What the client received, in order. */
  readonly received: JSONRPCMessage[];
  /** Sends a request beside the client, for methods that it does not know. */
  readonly dispatch: (request: object) => Promise<JSONRPCMessage>;
}

/** The SDK's client, connected to a server of an agent in this process. */
export async function connect(
  agent: AgentContext,
  era: Era,
  options: StdioOptions = {},
  clientOptions: ClientOptions = {},
  prepare: (client: Client) => void = () => {},
): Promise<Connected> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(agent, { ...options, transport: far });
  onTestFinished(() => handle.close());
  return connectBy(near, era, clientOptions, prepare);
}

/** The SDK's client, connected by a transport. */
export async function connectBy(
  transport: Transport,
  era: Era,
  clientOptions: ClientOptions = {},
  prepare: (client: Client) => void = () => {},
): Promise<Connected> {
  const client = new Client(
    { name: "test", version: "1" },
    { ...clientOptions, ...(era === "modern" && { versionNegotiation: { mode: "auto" } }) },
  );
  prepare(client);
  const sent: JSONRPCMessage[] = [];
  const received: JSONRPCMessage[] = [];
  const send = transport.send.bind(transport);
  transport.send = (message, ...rest) => {
    sent.push(message);
    return send(message, ...rest);
  };
  await client.connect(transport);
  onTestFinished(() => client.close());
  const onmessage = transport.onmessage?.bind(transport);
  const pending = new Map<unknown, (response: JSONRPCMessage) => void>();
  transport.onmessage = (message: JSONRPCMessage, ...rest) => {
    received.push(message);
    const resolve = "id" in message ? pending.get(message.id) : undefined;
    if (resolve === undefined) onmessage?.(message, ...rest);
    else resolve(message);
  };
  const dispatch = async (request: object): Promise<JSONRPCMessage> => {
    const id = `raw ${pending.size}`;
    const response = new Promise<JSONRPCMessage>((resolve) => pending.set(id, resolve));
    await transport.send({ ...request, jsonrpc: "2.0", id } as JSONRPCMessage);
    return response;
  };
  return { client, sent, received, dispatch };
}
