import type { Client } from "@modelcontextprotocol/client";
import type { Era } from "./eras.ts";

/** A notification of a change, as a client receives it. */
export interface Notice {
  readonly method: "list_changed" | "updated";
  readonly uri?: string | undefined;
  readonly cursor: string | undefined;
}

/** Collects what a client is notified of. */
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
