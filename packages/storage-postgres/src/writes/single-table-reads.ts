import { call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { toItem } from "../tables/items.ts";
import type { FactRead, Of } from "./fact-read.ts";
import { cacheMemberships, type Memberships } from "./membership-reads.ts";
import { batches } from "./row-batches.ts";

/** The agent whose subscriptions are requested, null if none are; undefined if there are several. */
export function soleAgent(...[items, pairs]: Memberships): string | null | undefined {
  const agents = new Set([...items.map(({ by }) => by), ...pairs.map(({ agent }) => agent)]);
  agents.delete(null);
  const [agent = null] = agents;
  return agents.size > 1 ? undefined : agent;
}

/**
 * Items, agents, topics, and subscriptions of one agent, by statements about one table each. Citus plans such a statement
 * at a fraction of the cost of one about several, which it plans twice, on the coordinator and on the worker.
 * @param now undefined: the server's time is read too
 */
export function singleTableReads(
  tables: Tables,
  tenant: string,
  agent: string | null,
  now: number | undefined,
  ...[items, pairs, topics, agents]: Memberships
): FactRead[] {
  const topicsOf = pairs.map(({ topic }) => topic);
  const names = topics.map(({ name }) => name);
  return [
    ...(now === undefined ? [clockRead(tables, tenant)] : []),
    ...topicReads(tables, tenant, names),
    ...agentReads(tables, tenant, agents),
    ...pairReads(tables, tenant, agent, topicsOf),
    ...itemReads(tables, tenant, agent, items),
  ];
}

function clockRead(tables: Tables, tenant: string): FactRead {
  return { call: call(tables.facts.clock, tenant), cache: () => undefined };
}

function topicReads(tables: Tables, tenant: string, names: readonly string[]): FactRead[] {
  return batches(names).map((batch) => ({
    call: call(tables.facts.topics, tenant, toArrayText(batch)),
    cache({ rows }, facts) {
      cacheMemberships(rows, facts);
      for (const name of batch) facts.cacheTopic(name, undefined);
    },
  }));
}

function agentReads(tables: Tables, tenant: string, requests: readonly Of<"agent">[]): FactRead[] {
  return batches(requests.map(({ name }) => name)).map((batch) => ({
    call: call(tables.facts.agents, tenant, toArrayText(batch)),
    cache({ rows }, facts) {
      cacheMemberships(rows, facts);
      for (const name of batch) facts.cacheAgent(name, undefined);
    },
  }));
}

function pairReads(
  tables: Tables,
  tenant: string,
  agent: string | null,
  topics: readonly string[],
): FactRead[] {
  if (agent === null) return [];
  return batches(topics).map((batch) => ({
    call: call(tables.facts.pairs, tenant, agent, toArrayText(batch)),
    cache({ rows }, facts) {
      cacheMemberships(rows, facts);
      for (const topic of batch) facts.cacheSubscription(agent, topic, false);
    },
  }));
}

/** The topics of items that exist are read afterwards: most writes are of new items. */
function itemReads(
  tables: Tables,
  tenant: string,
  agent: string | null,
  requests: readonly Of<"item">[],
): FactRead[] {
  return batches([...new Set(requests.map(({ key }) => key))]).map((keys) => ({
    call: call(tables.items.byKeys, tenant, toArrayText(keys)),
    cache({ rows }, facts) {
      const items = rows.map((row) => toItem(row));
      for (const item of items) facts.cacheItem(item.key, item);
      for (const key of keys) facts.cacheItem(key, undefined);
      const topics = [...new Set(items.flatMap((item) => item.topics))];
      return [...topicReads(tables, tenant, topics), ...pairReads(tables, tenant, agent, topics)];
    },
  }));
}
