import type { AgentContext, ItemHeader } from "@syntha/core";
import * as z from "zod";
import { cappedFields, field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { nextPageHint, prefixHint, unsubscribedHint } from "../answer/listing-hints.ts";
import { cappedList, jsonBytes, readWhatFits, ResultBudget } from "../answer/result-budget.ts";
import { defineTool } from "../tool.ts";

/** The group of keys that are visible for another reason than a subscription. */
const OTHER_GROUP = "other";
/** The same where a topic has that name: no topic has this one. */
const UNNAMED_GROUP = "";

export const listContext = defineTool({
  name: "list_context",
  toolset: "context",
  effect: "read",
  description: "List the shared keys that you see.",
  input: z.strictObject({
    topic: parameter.optionalName,
    prefix: parameter.optionalPrefix,
    by_topic: parameter.optionalFlag,
    page: parameter.optionalOpaque.meta({ description: "the last next_page" }),
  }),
  output: z.object({
    you: field.you,
    keys: field.names,
    keys_by_topic: z.record(z.string(), field.names).optional(),
    ...cappedFields("topics_subscribed"),
    topic_subscribed: z.literal(false).optional(),
    next_page: field.nextPage,
    hint: field.optionalHint,
  }),
  example: { topic: "support", page: null },
  async run(context, { topic, prefix, by_topic, page }) {
    const { agent, maxResultBytes } = context;
    const subscriptions = await agent.subscriptions();
    const subscribed = cappedList("topics_subscribed", subscriptions, maxResultBytes / 4);
    const subscribedTo = agent.isSystem ? undefined : new Set(subscriptions);
    const unsubscribed = topic && subscribedTo?.has(topic) === false ? topic : undefined;
    const reason = unsubscribed && (await unsubscribedHint(context, unsubscribed));
    const otherGroup =
      by_topic && (await hasOtherTopic(agent, subscriptions)) ? UNNAMED_GROUP : OTHER_GROUP;
    const budget = new ResultBudget(maxResultBytes);
    budget.reserve(jsonBytes(subscribed) + jsonBytes(agent.name) + jsonBytes(reason));
    const listed = await readWhatFits(
      budget,
      page ?? undefined,
      async (limit, from) => {
        const filter = { topics: topic ? [topic] : undefined, prefix: prefix ?? undefined };
        const { items, nextPage } = await agent.list({
          ...filter,
          limit,
          page: from,
          values: false,
        });
        const entries = items.map((item) => toEntry(item, subscribedTo, otherGroup));
        return { entries, next: nextPage };
      },
      by_topic ? sizeByTopic : ({ key }) => jsonBytes(key) + 1,
      { first: 64, maximum: 512 },
    );
    const hints = [
      reason,
      prefixHint(prefix, listed.entries.length),
      nextPageHint(context, "list_context", listed.next),
    ].filter((hint) => hint !== undefined);
    return {
      /** The calling agent. */
      you: agent.name,
      keys: listed.entries.map(({ key }) => key),
      ...(by_topic && { keys_by_topic: groupByTopic(listed.entries) }),
      ...subscribed,
      ...(unsubscribed !== undefined && { topic_subscribed: false as const }),
      next_page: listed.next ?? null,
      ...(hints.length > 0 && { hint: hints.join(" ") }),
    };
  },
});

interface Entry {
  readonly key: string;
  readonly topics: readonly string[];
}

/** Whether a group may be named after a topic "other": on every page, as their groups are merged. */
async function hasOtherTopic(
  { isSystem, mesh }: AgentContext,
  subscriptions: readonly string[],
): Promise<boolean> {
  if (!isSystem) return subscriptions.includes(OTHER_GROUP);
  // The first name that begins with it, by code point, is the name itself.
  const { topics } = await mesh.topics({ prefix: OTHER_GROUP, limit: 1 });
  return topics[0]?.name === OTHER_GROUP;
}

function toEntry(
  item: ItemHeader,
  subscribedTo: ReadonlySet<string> | undefined,
  otherGroup: string,
): Entry {
  const topics = item.topics.filter((topic) => subscribedTo?.has(topic) ?? true);
  return { key: item.key, topics: topics.length > 0 ? topics : [otherGroup] };
}

/** The key is in the list and under each topic; each topic's name is counted as if it were new. */
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
