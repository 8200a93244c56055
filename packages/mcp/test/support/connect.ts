import {
  Client,
  type ClientOptions,
  InMemoryTransport,
  type JSONRPCMessage,
} from "@modelcontextprotocol/client";
import type { AgentContext } from "@syntha/core";
import { onTestFinished } from "vitest";
import { serveStdio, type StdioOptions } from "../../src/stdio.ts";

/** Of the protocol: until 2025-11-25, and since 2026-07-28. */
export const ERAS = ["legacy", "modern"] as const;
export type Era = (typeof ERAS)[number];

export interface Connected {
  readonly client: Client;
  /** What the client sent, in order. */
  readonly sent: JSONRPCMessage[];
  /** What the client received, in order. */
  readonly received: JSONRPCMessage[];
}

/** The SDK's client, connected to a server of an agent. */
export async function connect(
  agent: AgentContext,
  era: Era,
  options: StdioOptions = {},
  clientOptions: ClientOptions = {},
  prepare: (client: Client) => void = () => {},
): Promise<Connected> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(agent, { ...options, transport: far });
  const client = new Client(
    { name: "test", version: "1" },
    { ...clientOptions, ...(era === "modern" && { versionNegotiation: { mode: "auto" } }) },
  );
  prepare(client);
  const sent: JSONRPCMessage[] = [];
  const received: JSONRPCMessage[] = [];
  const send = near.send.bind(near);
  near.send = (message, ...rest) => {
    sent.push(message);
    return send(message, ...rest);
  };
  await client.connect(near);
  const onmessage = near.onmessage?.bind(near);
  near.onmessage = (message, ...rest) => {
    received.push(message);
    onmessage?.(message, ...rest);
  };
  onTestFinished(async () => {
    await client.close();
    await handle.close();
  });
  return { client, sent, received };
}
