import type { ItemHeader } from "@syntha/core";
import type { TopicWithoutSubscribers, UnknownRecipient } from "../../api/index.ts";
import { type CommandOptions, shellCommand } from "../../text/shell-command.ts";
import { MAX_PAGE } from "../limits.ts";
import type { ItemSample } from "./item-sample.ts";
import type { KnownAgents } from "./known-agents.ts";
import type { Moment } from "./moment.ts";

/** Problems of one kind that are listed. */
const MAX_PROBLEMS = 100;
const MAX_KEYS = 10;
/** Commands for one name: a command holds a whole route. */
const MAX_COMMANDS = 3;

/** Topics with items that no one is subscribed to. */
export async function findTopicsWithoutSubscribers(moment: Moment): Promise<{
  readonly topics: readonly TopicWithoutSubscribers[];
  readonly isComplete: boolean;
}> {
  const { topics, nextPage } = await moment.topics({ limit: MAX_PAGE });
  const withoutSubscribers = topics
    .filter(({ items, subscribers }) => items > 0 && subscribers === 0)
    .map(({ name, items }) => ({
      topic: name,
      items,
      command: shellCommand("subscribe", [name], [["as", "AGENT"]]),
    }));
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
  const itemsByName = new Map<string, ItemHeader[]>();
  for (const item of items)
    for (const name of item.subscribers) {
      const named = itemsByName.get(name);
      if (named === undefined) itemsByName.set(name, [item]);
      else named.push(item);
    }
  const unknown: UnknownRecipient[] = [];
  for (const [name, named] of itemsByName) {
    if (unknown.length === MAX_PROBLEMS) break;
    if (await known.has(name)) continue;
    const nearest = known.nearest(name);
    const keys = named.slice(0, MAX_KEYS).map(({ key }) => key);
    unknown.push({ name, keys, nearest, commands: addressCommands(named, name, nearest[0]) });
  }
  return unknown;
}

/** The commands that address items to another agent, or that show why the recipient does not see the first one. */
function addressCommands(
  items: readonly ItemHeader[],
  recipient: string,
  instead: string | undefined,
): readonly string[] {
  const commands =
    instead === undefined
      ? items.slice(0, 1).map(({ key }) => shellCommand("why", [recipient, key], []))
      : items
          .slice(0, MAX_COMMANDS)
          .map((item) => shellCommand("push", [item.key], routeWith(item, recipient, instead)));
  return commands.filter((command) => command !== undefined);
}

/** The whole route, which a push replaces; refused by then if the item is at another revision, and perhaps its route. */
function routeWith(
  { topics, subscribers, revision }: ItemHeader,
  recipient: string,
  instead: string,
): CommandOptions {
  const names = subscribers.map((name) => (name === recipient ? instead : name));
  return [
    ...topics.map((topic) => ["topic", topic] as const),
    ...[...new Set(names)].map((name) => ["to", name] as const),
    ["if-revision", String(revision)],
  ];
}
