import type { AgentContext } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import {
  type ItemResource,
  toItemResource,
  toUnreadableItem,
  type UnreadableItemResource,
} from "./item-resource.ts";
import { type Batch, readPage } from "./page.ts";
import { topicUri } from "./resource-uri.ts";

/** What `syntha://topic/{topic}` reads: a page of the items on it that the agent sees, in key order. */
export interface TopicResource {
  readonly topic: string;
  readonly items: readonly (ItemResource | UnreadableItemResource)[];
  /** The URI of the next page; null on the last one. */
  readonly next: string | null;
}

export async function readTopic(
  agent: AgentContext,
  topic: string,
  page: string | undefined,
): Promise<TopicResource> {
  const { entries, nextPage } = await readPage(page, async (limit, from) => {
    const listing = await agent.list({ topics: [topic], limit, page: from });
    const read = [...listing.items.map(toItemResource), ...listing.corrupt.map(toUnreadableItem)];
    const entries = read.sort((a, b) => compareCodePoints(a.key, b.key));
    return { entries, nextPage: listing.nextPage } satisfies Batch<unknown>;
  });
  return { topic, items: entries, next: nextPage === undefined ? null : topicUri(topic, nextPage) };
}
