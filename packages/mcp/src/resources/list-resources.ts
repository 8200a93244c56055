import type { ListResourcesResult, Resource } from "@modelcontextprotocol/server";
import type { AgentContext, ItemHeader } from "@syntha/core";
import { PAGE_ENTRIES } from "./page.ts";
import { MIME_TYPE } from "./read-resource.ts";
import { AGENTS_URI, CHANGES_URI, itemUri } from "./resource-uri.ts";

/** What each agent can read, whatever it sees. */
const FIXED: readonly Resource[] = [
  {
    uri: AGENTS_URI,
    name: "agents",
    description: "The agents of this mesh: what they do, and their topics.",
    mimeType: MIME_TYPE,
  },
  {
    uri: CHANGES_URI,
    name: "changes",
    description: "What changed since a cursor. Without one: the cursor of now.",
    mimeType: MIME_TYPE,
  },
];

/**
 * A page of the items that the agent sees, in key order, without reading their values; the first page starts with the
 * fixed resources.
 * @param cursor `nextCursor` of the page before
 * @throws INVALID_CURSOR
 */
export async function listResources(
  agent: AgentContext,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  const listing = await agent.list({ values: false, limit: PAGE_ENTRIES, page: cursor });
  const items = listing.items.map(toResource);
  return {
    resources: cursor === undefined ? [...FIXED, ...items] : items,
    ...(listing.nextPage !== undefined && { nextCursor: listing.nextPage }),
  };
}

function toResource({ key, updatedAt }: ItemHeader): Resource {
  return {
    uri: itemUri(key),
    name: key,
    mimeType: MIME_TYPE,
    annotations: { lastModified: updatedAt.toISOString() },
  };
}
