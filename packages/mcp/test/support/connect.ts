import {
  type Client,
  type ClientOptions,
  InMemoryTransport,
  type JSONRPCMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import type { AgentContext, MeshSchema } from "@syntha/core";
import { onTestFinished } from "vitest";
import { serveStdio, type StdioOptions } from "../../src/stdio.ts";
import { newClient } from "./client.ts";
import type { Era } from "./eras.ts";
import { collectNotices, type Notice } from "./resource-client.ts";

export interface Connected {
  readonly client: Client;
  /** What the client sent, in order. */
  readonly sent: readonly JSONRPCMessage[];
  /** What the client received, in order. */
  readonly received: readonly JSONRPCMessage[];
  /** The notifications of changes among it. */
  readonly notices: readonly Notice[];
  /** Sends a request beside the client, for methods that it does not know. */
  readonly dispatch: (request: object) => Promise<JSONRPCMessage>;
}

/** The official client, connected to a server of an agent in this process until the test is over. */
export async function connect(
  agent: AgentContext<MeshSchema>,
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

/** The official client, connected by a transport until the test is over. */
export async function connectBy(
  transport: Transport,
  era: Era,
  clientOptions: ClientOptions = {},
  prepare: (client: Client) => void = () => {},
): Promise<Connected> {
  const client = newClient(era, clientOptions);
  const notices = collectNotices(client);
  prepare(client);
  const sent: JSONRPCMessage[] = [];
  const send = transport.send.bind(transport);
  transport.send = (message, ...rest) => {
    sent.push(message);
    return send(message, ...rest);
  };
  const received: JSONRPCMessage[] = [];
  const pending = new Map<unknown, (response: JSONRPCMessage) => void>();
  // The client calls it before it reads a message itself.
  transport.onmessage = (message: JSONRPCMessage) => {
    received.push(message);
    if ("id" in message) pending.get(message.id)?.(message);
  };
  await client.connect(transport);
  onTestFinished(() => client.close());
  const dispatch = async (request: object): Promise<JSONRPCMessage> => {
    const id = `raw ${pending.size}`;
    const response = new Promise<JSONRPCMessage>((resolve) => pending.set(id, resolve));
    await transport.send({ ...request, jsonrpc: "2.0", id } as JSONRPCMessage);
    return response;
  };
  return { client, sent, received, notices, dispatch };
}
