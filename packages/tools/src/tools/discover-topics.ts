import type { Topic } from "@syntha/core";
import * as z from "zod";
import { field } from "../arguments/fields.ts";
import { nextPageHint } from "../answer/next-page.ts";
import { prefixHint } from "../answer/prefix-hint.ts";
import { jsonBytes, Room } from "../answer/size.ts";
import { pageAfterTopic, topicsAfter } from "../answer/topic-page.ts";
import { type Call, defineTool } from "../tool.ts";

/** A topic in a result of `discover_topics`. */
export interface DiscoveredTopic {
  readonly subscriber_count: number;
  readonly item_count: number;
  /** Only with `include_subscriber_names`. */
  readonly subscribers?: readonly string[];
}

export const discoverTopics = defineTool({
  name: "discover_topics",
  toolset: "context",
  effect: "read",
  description: "List topics with counts of subscribers and items.",
  input: z.strictObject({
    prefix: field.optionalPrefix.meta({ description: "start of the topics to list" }),
    include_subscriber_names: field.optionalFlag,
    page: field.optionalOpaque,
  }),
  example: { prefix: "support" },
  async run(call, { prefix, include_subscriber_names, page }) {
    const all = await allTopics(call, prefix ?? undefined);
    const room = new Room(call.maxResultBytes);
    // A next page is spelled by a topic's name.
    room.reserve([...all.keys()].reduce((most, name) => Math.max(most, jsonBytes(name)), 0));
    const largest = room.left;
    const topics: [string, DiscoveredTopic][] = [];
    const tooLarge: string[] = [];
    let next: string | undefined;
    for (const topic of topicsAfter([...all.values()], page ?? undefined)) {
      let entry = include_subscriber_names ? await withNames(call, topic, largest) : toEntry(topic);
      let size = sizeOf(topic.name, entry);
      const isTooLarge = entry === undefined || size > largest;
      if (isTooLarge) {
        entry = toEntry(topic);
        size = sizeOf(topic.name, entry) + jsonBytes(topic.name);
      }
      if (room.countFitting([size]) === 0) {
        next = pageAfterTopic(topics.at(-1)?.[0]);
        break;
      }
      room.take([size]);
      topics.push([topic.name, entry as DiscoveredTopic]);
      if (isTooLarge) tooLarge.push(topic.name);
    }
    const hint =
      nextPageHint(call, "discover_topics", next).hint ?? prefixHint(prefix, topics.length);
    return {
      topics: Object.fromEntries(topics),
      total_topics: all.size,
      ...(tooLarge.length > 0 && { too_large: tooLarge }),
      next_page: next ?? null,
      ...(hint !== undefined && { hint }),
    };
  },
});

/** By name, in the mesh's order. */
async function allTopics({ agent }: Call, prefix: string | undefined): Promise<Map<string, Topic>> {
  const all = new Map<string, Topic>();
  for (let page: string | undefined; ;) {
    const listing = await agent.topics({ prefix, limit: 1_000, page });
    for (const topic of listing.topics) all.set(topic.name, topic);
    if (listing.nextPage === undefined) return all;
    page = listing.nextPage;
  }
}

function toEntry({ subscribers, items }: Topic): DiscoveredTopic {
  return { subscriber_count: subscribers, item_count: items };
}

/** Undefined when there are more names than could fit: they are then not even read. */
async function withNames(
  { agent }: Call,
  topic: Topic,
  largest: number,
): Promise<DiscoveredTopic | undefined> {
  const shortestName = 4;
  if (topic.subscribers * shortestName > largest) return undefined;
  const subscribers = await agent.mesh.subscribers(topic.name);
  return { ...toEntry(topic), subscribers };
}

function sizeOf(name: string, entry: DiscoveredTopic | undefined): number {
  return jsonBytes(name) + jsonBytes(entry) + 2;
}
