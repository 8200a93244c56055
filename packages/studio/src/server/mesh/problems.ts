import type { TopicWithoutSubscribers, UnknownRecipient } from "../../api/index.ts";
import { addressCommand, subscribeCommand } from "../json/command.ts";
import { MAX_PAGE } from "../limits.ts";
import type { ItemSample } from "./item-sample.ts";
import type { KnownAgents } from "./known-agents.ts";
import type { Moment } from "./moment.ts";

/** Problems of one kind that are listed. */
const MAX_PROBLEMS = 100;
const MAX_KEYS = 10;

/** Topics with items that no one is subscribed to. */
export async function findTopicsWithoutSubscribers(moment: Moment): Promise<{
  readonly topics: readonly TopicWithoutSubscribers[];
  readonly isComplete: boolean;
}> {
  const { topics, nextPage } = await moment.topics({ limit: MAX_PAGE });
  const withoutSubscribers = topics
    .filter(({ items, subscribers }) => items > 0 && subscribers === 0)
    .map(({ name, items }) => ({ topic: name, items, command: subscribeCommand(name) }));
  return {
    topics: withoutSubscribers.slice(0, MAX_PROBLEMS),
    isComplete: nextPage === undefined && withoutSubscribers.length <= MAX_PROBLEMS,
  };
}

/** Names on routes that no known agent has. */
export async function findUnknownRecipients(
  { items }: ItemSample,
  known: KnownAgents,
): Promise<readonly UnknownRecipient[]> {
  const keysByName = new Map<string, string[]>();
  for (const { key, subscribers } of items)
    for (const name of subscribers) keysByName.set(name, [...(keysByName.get(name) ?? []), key]);
  const unknown: UnknownRecipient[] = [];
  for (const [name, keys] of keysByName) {
    if (unknown.length === MAX_PROBLEMS) break;
    if (await known.has(name)) continue;
    const nearest = known.nearest(name);
    const command = addressCommand(keys[0] ?? "", name, nearest);
    unknown.push({ name, keys: keys.slice(0, MAX_KEYS), nearest, command });
  }
  return unknown;
}
