import type { AgentContext, Topic } from "@syntha/core";
import * as z from "zod";
import { field } from "../schema/field.ts";
import { parameter } from "../schema/parameter.ts";
import { nextPageHint, prefixHint } from "../answer/listing-hints.ts";
import { jsonBytes, ResultBudget } from "../answer/result-budget.ts";
import { pageAfterTopic, topicsAfter } from "../answer/topic-page.ts";
import { defineTool } from "../tool.ts";

/** A topic in a result of `discover_topics`. */
export interface DiscoveredTopic {
  readonly subscriber_count: number;
  readonly item_count: number;
  /** Only with `include_subscriber_names`. */
  readonly subscribers?: readonly string[];
}

const discoveredTopic = z.object({
  subscriber_count: field.count,
  item_count: field.count,
  subscribers: field.optionalNames,
});

export const discoverTopics = defineTool({
  name: "discover_topics",
  toolset: "context",
  effect: "read",
  description: "List topics with counts of subscribers and items.",
  input: z.strictObject({
    prefix: parameter.optionalPrefix,
    include_subscriber_names: parameter.optionalFlag,
    page: parameter.optionalOpaque,
  }),
  output: z.object({
    topics: z.record(z.string(), discoveredTopic),
    total_topics: field.count,
    too_large: field.optionalNames.describe("topics whose subscribers are too many to list"),
    next_page: field.nextPage,
    hint: field.optionalHint,
  }),
  example: { prefix: "support" },
  async run(context, { prefix, include_subscriber_names, page }) {
    const all = await allTopics(context.agent, prefix ?? undefined);
    const budget = new ResultBudget(context.maxResultBytes);
    // The token of the next page contains a topic's name.
    budget.reserve(
      [...all.keys()].reduce((longest, name) => Math.max(longest, jsonBytes(name)), 0),
    );
    const largest = budget.remaining;
    const topics: [string, DiscoveredTopic][] = [];
    const tooLarge: string[] = [];
    let next: string | undefined;
    for (const topic of topicsAfter([...all.values()], page ?? undefined)) {
      let entry = include_subscriber_names
        ? await withNames(context.agent, topic, largest)
        : toEntry(topic);
      let size = sizeOf(topic.name, entry);
      const isTooLarge = entry === undefined || size > largest;
      if (isTooLarge) {
        entry = toEntry(topic);
        size = sizeOf(topic.name, entry) + jsonBytes(topic.name);
      }
      if (budget.countFitting([size]) === 0) {
        next = pageAfterTopic(topics.at(-1)?.[0]);
        break;
      }
      budget.spend([size]);
      topics.push([topic.name, entry as DiscoveredTopic]);
      if (isTooLarge) tooLarge.push(topic.name);
    }
    const hint =
      nextPageHint(context, "discover_topics", next) ?? prefixHint(prefix, topics.length);
    return {
      topics: Object.fromEntries(topics),
      total_topics: all.size,
      ...(tooLarge.length > 0 && { too_large: tooLarge }),
      next_page: next ?? null,
      ...(hint !== undefined && { hint }),
    };
  },
});

/** By name, in the order of the mesh. */
async function allTopics(
  agent: AgentContext,
  prefix: string | undefined,
): Promise<Map<string, Topic>> {
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

/** Undefined if the names cannot fit, which are then not read. */
async function withNames(
  agent: AgentContext,
  topic: Topic,
  largest: number,
): Promise<DiscoveredTopic | undefined> {
  const minNameBytes = 4;
  if (topic.subscribers * minNameBytes > largest) return undefined;
  const subscribers = await agent.mesh.subscribers(topic.name);
  return { ...toEntry(topic), subscribers };
}

function sizeOf(name: string, entry: DiscoveredTopic | undefined): number {
  return jsonBytes(name) + jsonBytes(entry) + 2;
}
