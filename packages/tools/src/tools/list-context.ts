import type { ItemHeader } from "@syntha/core";
import * as z from "zod";
import { field } from "../arguments/fields.ts";
import { fill } from "../answer/fill.ts";
import { namedList } from "../answer/named-list.ts";
import { nextPageHint } from "../answer/next-page.ts";
import { prefixHint } from "../answer/prefix-hint.ts";
import { jsonBytes, Room } from "../answer/size.ts";
import { unsubscribedHint } from "../answer/topic-filter.ts";
import { defineTool } from "../tool.ts";

/** Where keys stand that are seen for another reason than a subscription. */
const OTHER = "other";

export const listContext = defineTool({
  name: "list_context",
  toolset: "context",
  effect: "read",
  description: "List the shared keys that you can see.",
  input: z.strictObject({
    topic: field.optionalName.meta({ absent: "all topics" }),
    prefix: field.optionalPrefix.meta({ description: "start of the keys to list" }),
    by_topic: field.optionalFlag.meta({ description: "true: also group the keys by topic" }),
    page: field.optionalOpaque.meta({ description: "next_page of the previous result" }),
  }),
  example: { topic: "support", page: null },
  async run(call, { topic, prefix, by_topic, page }) {
    const { agent, maxResultBytes } = call;
    const subscriptions = await agent.subscriptions();
    const subscribed = namedList("topics_subscribed", subscriptions, maxResultBytes / 4);
    const heard = agent.isSystem ? undefined : new Set(subscriptions);
    const unsubscribed = topic && heard?.has(topic) === false ? topic : undefined;
    const reason = unsubscribed && (await unsubscribedHint(call, unsubscribed));
    const room = new Room(maxResultBytes);
    room.reserve(jsonBytes(subscribed) + jsonBytes(agent.name) + jsonBytes(reason));
    const seen = await fill(
      room,
      page ?? undefined,
      async (limit, from) => {
        const filter = { topic: topic ?? undefined, prefix: prefix ?? undefined };
        const { items, nextPage } = await agent.list({
          ...filter,
          limit,
          page: from,
          values: false,
        });
        return { entries: items.map((item) => toEntry(item, heard)), next: nextPage };
      },
      by_topic ? sizeByTopic : ({ key }) => jsonBytes(key) + 1,
      { first: 64, later: 512 },
    );
    const hints = [
      reason,
      prefixHint(prefix, seen.entries.length),
      nextPageHint(call, "list_context", seen.next).hint,
    ].filter((hint) => hint !== undefined);
    return {
      /** The agent that calls. */
      you: agent.name,
      keys: seen.entries.map(({ key }) => key),
      ...(by_topic && { keys_by_topic: groupByTopic(seen.entries) }),
      ...subscribed,
      ...(unsubscribed !== undefined && { topic_subscribed: false }),
      next_page: seen.next ?? null,
      ...(hints.length > 0 && { hint: hints.join(" ") }),
    };
  },
});

interface Entry {
  readonly key: string;
  readonly topics: readonly string[];
}

function toEntry(item: ItemHeader, heard: ReadonlySet<string> | undefined): Entry {
  const topics = heard === undefined ? item.topics : item.topics.filter((t) => heard.has(t));
  return { key: item.key, topics: topics.length > 0 ? topics : [OTHER] };
}

/** The key stands in the list and under each topic; each topic's name is counted as if it were new. */
function sizeByTopic({ key, topics }: Entry): number {
  const names = topics.reduce((sum, topic) => sum + jsonBytes(topic) + 4, 0);
  return (jsonBytes(key) + 1) * (topics.length + 1) + names;
}

function groupByTopic(entries: readonly Entry[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { key, topics } of entries) {
    for (const topic of topics) {
      const keys = groups.get(topic);
      if (keys === undefined) groups.set(topic, [key]);
      else keys.push(key);
    }
  }
  return Object.fromEntries(groups);
}
