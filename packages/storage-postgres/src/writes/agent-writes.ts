import type { AgentFacts, TopicCounts } from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { rowCalls, writeCalls } from "./row-batches.ts";

type Named<T> = T & { readonly name: string };

/** Writes what agents may do and how many subscriptions they have; removes the rows of those that have neither. */
export function writeAgents(
  tables: Tables,
  tenant: string,
  agents: readonly Named<AgentFacts>[],
): Call[] {
  const isKnown = ({ subscriptions, permissions }: AgentFacts): boolean =>
    subscriptions > 0 || permissions !== null;
  const rows = agents
    .filter(isKnown)
    .map(({ name, subscriptions, permissions }) => [
      name,
      subscriptions,
      permissions && JSON.stringify(permissions),
    ]);
  const idle = agents.filter((agent) => !isKnown(agent)).map(({ name }) => [name]);
  return [
    ...rowCalls(tables.agents.set, tenant, rows),
    ...rowCalls(tables.agents.remove, tenant, idle),
  ];
}

/** Writes the counts of topics; removes the rows of those that have nothing. */
export function writeTopics(
  tables: Tables,
  tenant: string,
  topics: readonly Named<TopicCounts>[],
): Call[] {
  const rows = topics
    .filter(isTopic)
    .map(({ name, subscribers, items }) => [name, subscribers, items]);
  const empty = topics.filter((topic) => !isTopic(topic)).map(({ name }) => [name]);
  return [
    ...writeCalls(tables.topics.set, tenant, rows),
    ...rowCalls(tables.topics.remove, tenant, empty),
  ];
}

/** A topic is there as long as it has an item or a subscriber. */
export function isTopic({ items, subscribers }: TopicCounts): boolean {
  return items > 0 || subscribers > 0;
}
