import type { FactCache } from "@syntha/core/storage";
import { call, type Row } from "../connection/statement.ts";
import { toPermissions, toSighting } from "../tables/agents.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import type { FactRead, Of } from "./fact-read.ts";
import { batches } from "./row-batches.ts";

/** Requests for what decides who sees an item. */
export type Memberships = readonly [
  items: readonly Of<"item">[],
  pairs: readonly Of<"subscription">[],
  topics: readonly Of<"topic">[],
  agents: readonly Of<"agent">[],
];

/** Agents, topics and subscriptions, in batches; at least one, as it also returns the time. */
export function membershipReads(
  tables: Tables,
  tenant: string,
  ...[items, pairs, topics, agents]: Memberships
): FactRead[] {
  const parts = [batches(items), batches(pairs), batches(topics), batches(agents)] as const;
  const [itemParts, pairParts, topicParts, agentParts] = parts;
  const count = Math.max(1, ...parts.map(({ length }) => length));
  return Array.from({ length: count }, (_, at) =>
    membershipRead(
      tables,
      tenant,
      itemParts[at] ?? [],
      pairParts[at] ?? [],
      topicParts[at] ?? [],
      agentParts[at] ?? [],
    ),
  );
}

function membershipRead(
  tables: Tables,
  tenant: string,
  ...[items, pairs, topics, agents]: Memberships
): FactRead {
  const values = [
    toArrayText(items.map(({ by }) => by)),
    toArrayText(items.map(({ key }) => key)),
    toArrayText(topics.map(({ name }) => name)),
    toArrayText(agents.map(({ name }) => name)),
  ];
  const more = [
    toArrayText(pairs.map(({ agent }) => agent)),
    toArrayText(pairs.map(({ topic }) => topic)),
  ];
  return {
    call:
      pairs.length === 0
        ? call(tables.facts.read, tenant, ...values)
        : call(tables.facts.readWithPairs, tenant, ...values, ...more),
    cache({ rows }, facts) {
      cacheMemberships(rows, facts);
      for (const { agent, topic } of pairs) facts.cacheSubscription(agent, topic, false);
      for (const { name } of topics) facts.cacheTopic(name, undefined);
      for (const { name } of agents) facts.cacheAgent(name, undefined);
    },
  };
}

type MembershipRow = readonly [
  kind: "clock" | "item" | "topic" | "agent" | "pair",
  agent: string | null,
  topic: string | null,
  text: string | null,
  n: number | null,
  m: number | null,
  o: number | null,
];

/** Caches what rows of the statements in `facts` say. */
export function cacheMemberships(rows: readonly Row[], facts: FactCache): void {
  for (const row of rows) cacheMembership(row as MembershipRow, facts);
}

function cacheMembership(row: MembershipRow, facts: FactCache): void {
  const [kind, agent, topic, text, n, m, o] = row;
  switch (kind) {
    case "clock":
      return;
    case "item":
      if (agent !== null) facts.cacheSubscription(agent, topic as string, text === "subscribed");
      facts.cacheTopic(topic as string, { subscribers: n ?? 0, items: m ?? 0 });
      return;
    case "topic":
      facts.cacheTopic(topic as string, { subscribers: n as number, items: m as number });
      return;
    case "agent":
      facts.cacheAgent(agent as string, {
        subscriptions: n as number,
        permissions: toPermissions(text),
        sighting: toSighting(m, o),
      });
      return;
    case "pair":
      facts.cacheSubscription(agent as string, topic as string, true);
  }
}
