import { type ReadResourceResult, ResourceNotFoundError } from "@modelcontextprotocol/server";
import { type AgentContext, type ErrorCode, isSynthaError } from "@syntha/core";
import { readAgents } from "./agents-resource.ts";
import { readChanges } from "./changes-resource.ts";
import { toItemResource } from "./item-resource.ts";
import { parseResourceUri, type ResourceTarget } from "./resource-uri.ts";
import { readTopic } from "./topic-resource.ts";

export const MIME_TYPE = "application/json";

/** Names that no mesh accepts: nothing is stored under them. */
const IMPOSSIBLE_NAME: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["INVALID_TEXT", "TOO_LARGE"]);

/** @throws ResourceNotFoundError for an item that the agent does not see, as for one that does not exist */
export async function readResource(agent: AgentContext, uri: string): Promise<ReadResourceResult> {
  const target = parseResourceUri(uri);
  const read = target && (await readTarget(agent, target));
  if (read === undefined) throw new ResourceNotFoundError(uri);
  return { contents: [{ uri, mimeType: MIME_TYPE, text: JSON.stringify(read) }] };
}

async function readTarget(agent: AgentContext, target: ResourceTarget): Promise<unknown> {
  switch (target.kind) {
    case "item":
      return unlessImpossible(async () => {
        const item = await agent.getItem(target.key);
        return item && toItemResource(item);
      });
    case "topic":
      return unlessImpossible(() => readTopic(agent, target.topic, target.page));
    case "agents":
      return readAgents(agent, target.page);
    case "changes":
      return readChanges(agent, target.since);
  }
}

async function unlessImpossible<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isSynthaError(error) && IMPOSSIBLE_NAME.has(error.code)) return undefined;
    throw error;
  }
}
