import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import type { AgentContext, MeshSchema } from "@syntha/core";
import { onTestFinished } from "vitest";
import { serveStdio, type StdioOptions } from "../../src/stdio.ts";
import type { Era } from "./eras.ts";

/** A notification of a change, as a client receives it. */
export interface Notice {
  readonly method: "list_changed" | "updated";
  readonly uri?: string | undefined;
  readonly cursor: string | undefined;
}

export interface Connection {
  readonly client: Client;
  /** All that the server sent to the client, as text. */
  readonly received: readonly string[];
  readonly notices: readonly Notice[];
}

/** The official client, connected to an agent's server until the test ends. */
export async function connect(
  agent: AgentContext<MeshSchema>,
  era: Era,
  options: StdioOptions = {},
): Promise<Connection> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const handle = serveStdio(agent, { ...options, transport: far });
  const received: string[] = [];
  const send = far.send.bind(far);
  far.send = (message, sendOptions) => {
    received.push(JSON.stringify(message));
    return send(message, sendOptions);
  };
  const client = newClient(era);
  const notices = collectNotices(client);
  await client.connect(near);
  onTestFinished(async () => {
    await client.close();
    await handle.close();
  });
  return { client, received, notices };
}

export function newClient(era: Era): Client {
  return new Client(
    { name: "test", version: "1" },
    era === "modern" ? { versionNegotiation: { mode: "auto" } } : {},
  );
}

export function collectNotices(client: Client): readonly Notice[] {
  const notices: Notice[] = [];
  const cursorOf = (meta: Record<string, unknown> | undefined) =>
    meta?.["dev.syntha/cursor"] as string | undefined;
  client.setNotificationHandler("notifications/resources/list_changed", ({ params }) => {
    notices.push({ method: "list_changed", cursor: cursorOf(params?._meta) });
  });
  client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
    notices.push({ method: "updated", uri: params.uri, cursor: cursorOf(params._meta) });
  });
  return notices;
}

/** Listens to these URIs and to the list, in the way of the client's protocol. Returns how to stop. */
export async function listen(
  client: Client,
  era: Era,
  uris: readonly string[],
): Promise<() => Promise<void>> {
  if (era === "modern") {
    const subscription = await client.listen({
      resourcesListChanged: true,
      resourceSubscriptions: [...uris],
    });
    return () => subscription.close();
  }
  for (const uri of uris) await client.subscribeResource({ uri });
  return async () => {
    for (const uri of uris) await client.unsubscribeResource({ uri });
  };
}

/** What a resource reads. */
export async function readJson(client: Client, uri: string): Promise<unknown> {
  const { contents } = await client.readResource({ uri });
  const [content] = contents;
  if (content === undefined || !("text" in content)) throw new Error(`No text in ${uri}.`);
  return JSON.parse(content.text);
}
