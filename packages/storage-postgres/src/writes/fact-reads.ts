import { type FactCache, type FactRequest, topicBucket } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import { toArrayText } from "../tables/array-text.ts";
import { toEvent } from "../tables/events.ts";
import { toItem } from "../tables/items.ts";
import { TENANT_ITSELF } from "../tables/rates.ts";
import { toPermissions } from "../tables/agents.ts";
import { slices } from "./row-batches.ts";

/** A call that reads facts, and what its answer makes known. */
export interface FactRead {
  readonly call: Call;
  cache(answer: Answer, facts: FactCache): void;
}

type Of<T extends FactRequest["type"]> = Extract<FactRequest, { type: T }>;

/**
 * Calls that read what is needed: the same few, however many needs there are of a kind. The ties come first, as what
 * they do not tell of is learnt as missing by the items.
 */
export function factReads(
  tables: Tables,
  tenant: string,
  needs: readonly FactRequest[],
  now: number,
): FactRead[] {
  const of = <T extends FactRequest["type"]>(type: T): Of<T>[] =>
    needs.filter((need): need is Of<T> => need.type === type);
  const items = of("item");
  return [
    ...membershipReads(tables, tenant, items, of("subscription"), of("topic"), of("agent")),
    ...itemReads(tables, tenant, items),
    ...eventReads(tables, tenant, of("event")),
    ...usageReads(tables, tenant, of("usage")),
    ...allowanceReads(tables, tenant, of("allowance")),
    ...of("queue").map((need) => queueRead(tables, tenant, need)),
    ...needs.flatMap((need) => otherRead(tables, tenant, need, now) ?? []),
  ];
}

/** The server's time, which every reading of facts tells with the ties. */
export function clockOf([ties]: readonly Answer[]): number {
  const row = ties?.rows.find(([kind]) => kind === "clock");
  if (row === undefined) throw new Error("The facts were read without the time.");
  return row[3] as number;
}

function itemReads(tables: Tables, tenant: string, needs: readonly Of<"item">[]): FactRead[] {
  if (needs.length === 0) return [];
  return slices([...new Set(needs.map(({ key }) => key))]).map((keys) => ({
    call: call(tables.items.byKeys, tenant, toArrayText(keys)),
    cache({ rows }, facts) {
      for (const item of rows.map((row) => toItem(row))) facts.cacheItem(item.key, item);
      for (const key of keys) facts.cacheItem(key, undefined);
    },
  }));
}

/** Ties of many are read in parts; one part where nothing is asked, as it gives the time. */
function membershipReads(
  tables: Tables,
  tenant: string,
  items: readonly Of<"item">[],
  pairs: readonly Of<"subscription">[],
  topics: readonly Of<"topic">[],
  agents: readonly Of<"agent">[],
): FactRead[] {
  const parts = [slices(items), slices(pairs), slices(topics), slices(agents)] as const;
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
  items: readonly Of<"item">[],
  pairs: readonly Of<"subscription">[],
  topics: readonly Of<"topic">[],
  agents: readonly Of<"agent">[],
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
      for (const row of rows) cacheMembership(row as MembershipRow, facts);
      for (const { agent, topic } of pairs) facts.cacheSubscription(agent, topic, false);
      for (const { name } of topics) facts.cacheTopic(name, undefined);
      for (const { name } of agents) facts.cacheAgent(name, undefined);
    },
  };
}

type MembershipRow = readonly [
  kind: "clock" | "row" | "topic" | "agent" | "pair",
  agent: string | null,
  topic: string | null,
  n: number | null,
  m: number | null,
  text: string | null,
];

function cacheMembership([kind, agent, topic, n, m, text]: MembershipRow, facts: FactCache): void {
  switch (kind) {
    case "clock":
      return;
    case "row":
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
      });
      return;
    case "pair":
      facts.cacheSubscription(agent as string, topic as string, true);
  }
}

function eventReads(tables: Tables, tenant: string, needs: readonly Of<"event">[]): FactRead[] {
  if (needs.length === 0) return [];
  const ids = needs.map(({ id }) => id);
  return [
    {
      call: call(tables.events.byIds, tenant, ids),
      cache({ rows }, facts) {
        for (const event of rows.map((row) => toEvent(row))) facts.cacheEvent(event.id, event);
        for (const id of ids) facts.cacheEvent(id, undefined);
      },
    },
  ];
}

export function usageReads(
  tables: Tables,
  tenant: string,
  needs: readonly Of<"usage">[],
): FactRead[] {
  if (needs.length === 0) return [];
  const agents = needs.map(({ agent }) => agent);
  return [
    {
      call: call(tables.usage.of, tenant, toArrayText(agents)),
      cache({ rows }, facts) {
        for (const [agent, items, bytes] of rows as readonly (readonly [string, number, number])[])
          facts.cacheUsage(agent, { items, bytes });
        for (const agent of agents) facts.cacheUsage(agent, undefined);
      },
    },
  ];
}

function allowanceReads(
  tables: Tables,
  tenant: string,
  needs: readonly Of<"allowance">[],
): FactRead[] {
  if (needs.length === 0) return [];
  const names = needs.map(({ of }) => of ?? TENANT_ITSELF);
  return [
    {
      call: call(tables.rates.of, tenant, toArrayText(names)),
      cache({ rows }, facts) {
        for (const [name, left, at] of rows as readonly (readonly [string, number, number])[])
          facts.cacheAllowance(name === TENANT_ITSELF ? null : name, { left, at });
        for (const { of } of needs) facts.cacheAllowance(of, undefined);
      },
    },
  ];
}

/** One row more than asked for: it mostly tells what comes next. */
function queueRead(tables: Tables, tenant: string, { topic, size }: Of<"queue">): FactRead {
  const limit = size + 1;
  return {
    call: call(tables.queue.first, tenant, topic, limit),
    cache: ({ rows }, facts) =>
      facts.cacheQueue(topic, {
        rows: rows.map((row) => toItem(row)),
        isAll: rows.length < limit,
      }),
  };
}

function otherRead(
  tables: Tables,
  tenant: string,
  need: FactRequest,
  now: number,
): FactRead | undefined {
  switch (need.type) {
    case "subscriptions":
      return {
        call: call(tables.subscriptions.topicsOf, tenant, need.agent),
        cache: ({ rows }, facts) =>
          facts.cacheSubscriptions(
            need.agent,
            rows.map(([topic]) => topic as string),
          ),
      };
    case "eventsOn":
      return {
        call: call(tables.events.countIn, tenant, topicBucket(need.topic), need.most),
        cache: ({ rows }, facts) => facts.cacheUntilNextChange(need, rows[0]?.[0] as number),
      };
    case "nextReadyAt":
      return {
        call: call(tables.queue.nextReadyAt, tenant, need.topic, now),
        cache: ({ rows }, facts) =>
          facts.cacheUntilNextChange(need, (rows[0]?.[0] as number | undefined) ?? null),
      };
    case "page": {
      const { of, after, limit } = need;
      return {
        call:
          of === "all"
            ? call(tables.items.page, tenant, after, limit)
            : call(tables.audiences.page, tenant, topicBucket(of.topic), after, limit),
        cache: ({ rows }, facts) =>
          facts.cacheUntilNextChange(
            need,
            rows.map((row) => toItem(row)),
          ),
      };
    }
    case "expired":
      return {
        call: call(tables.items.expired, tenant, now, need.limit),
        cache: ({ rows }, facts) =>
          facts.cacheUntilNextChange(
            need,
            rows.map((row) => toItem(row)),
          ),
      };
    default:
      return undefined;
  }
}
