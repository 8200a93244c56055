import { type FactCache, type FactRequest, topicBucket } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connections/statement.ts";
import type { Sql } from "../tables/index.ts";
import { toArrayText } from "../tables/array-text.ts";
import { toEvent } from "../tables/event.ts";
import { toItem } from "../tables/item.ts";
import { TENANT_ITSELF } from "../tables/usage.ts";
import { toPermissions } from "../tables/permissions-text.ts";
import { slices } from "./rows-call.ts";

/** A call that reads facts, and what its answer makes known. */
export interface FactCall {
  readonly call: Call;
  learn(answer: Answer, facts: FactCache): void;
}

type Of<T extends FactRequest["type"]> = Extract<FactRequest, { type: T }>;

/**
 * Calls that read what is needed: the same few, however many needs there are of a kind. The ties come first, as what
 * they do not tell of is learnt as missing by the items.
 */
export function factCalls(
  sql: Sql,
  tenant: string,
  needs: readonly FactRequest[],
  now: number,
): FactCall[] {
  const of = <T extends FactRequest["type"]>(type: T): Of<T>[] =>
    needs.filter((need): need is Of<T> => need.type === type);
  const items = of("item");
  return [
    ...tieCalls(sql, tenant, items, of("subscription"), of("topic"), of("agent")),
    ...itemCalls(sql, tenant, items),
    ...eventCalls(sql, tenant, of("event")),
    ...usageCalls(sql, tenant, of("usage")),
    ...allowanceCalls(sql, tenant, of("allowance")),
    ...of("queue").map((need) => queueCall(sql, tenant, need)),
    ...needs.flatMap((need) => passingCall(sql, tenant, need, now) ?? []),
  ];
}

/** The server's time, which every reading of facts tells with the ties. */
export function clockOf([ties]: readonly Answer[]): number {
  const row = ties?.rows.find(([kind]) => kind === "clock");
  if (row === undefined) throw new Error("The facts were read without the time.");
  return row[3] as number;
}

function itemCalls(sql: Sql, tenant: string, needs: readonly Of<"item">[]): FactCall[] {
  if (needs.length === 0) return [];
  return slices([...new Set(needs.map(({ key }) => key))]).map((keys) => ({
    call: call(sql.item.byKeys, tenant, toArrayText(keys)),
    learn({ rows }, facts) {
      for (const item of rows.map((row) => toItem(row))) facts.cacheItem(item.key, item);
      for (const key of keys) facts.cacheItem(key, undefined);
    },
  }));
}

/** Ties of many are read in parts; one part where nothing is asked, as it gives the time. */
function tieCalls(
  sql: Sql,
  tenant: string,
  items: readonly Of<"item">[],
  pairs: readonly Of<"subscription">[],
  topics: readonly Of<"topic">[],
  agents: readonly Of<"agent">[],
): FactCall[] {
  const parts = [slices(items), slices(pairs), slices(topics), slices(agents)] as const;
  const [itemParts, pairParts, topicParts, agentParts] = parts;
  const count = Math.max(1, ...parts.map(({ length }) => length));
  return Array.from({ length: count }, (_, at) =>
    tieCall(
      sql,
      tenant,
      itemParts[at] ?? [],
      pairParts[at] ?? [],
      topicParts[at] ?? [],
      agentParts[at] ?? [],
    ),
  );
}

function tieCall(
  sql: Sql,
  tenant: string,
  items: readonly Of<"item">[],
  pairs: readonly Of<"subscription">[],
  topics: readonly Of<"topic">[],
  agents: readonly Of<"agent">[],
): FactCall {
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
        ? call(sql.tie.facts, tenant, ...values)
        : call(sql.tie.factsWithPairs, tenant, ...values, ...more),
    learn({ rows }, facts) {
      for (const row of rows) learnTie(row as TieRow, facts);
      for (const { agent, topic } of pairs) facts.cacheSubscription(agent, topic, false);
      for (const { name } of topics) facts.cacheTopic(name, undefined);
      for (const { name } of agents) facts.cacheAgent(name, undefined);
    },
  };
}

type TieRow = readonly [
  kind: "clock" | "row" | "topic" | "agent" | "pair",
  agent: string | null,
  topic: string | null,
  n: number | null,
  m: number | null,
  text: string | null,
];

function learnTie([kind, agent, topic, n, m, text]: TieRow, facts: FactCache): void {
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

function eventCalls(sql: Sql, tenant: string, needs: readonly Of<"event">[]): FactCall[] {
  if (needs.length === 0) return [];
  const ids = needs.map(({ id }) => id);
  return [
    {
      call: call(sql.event.byIds, tenant, ids),
      learn({ rows }, facts) {
        for (const event of rows.map((row) => toEvent(row))) facts.cacheEvent(event.id, event);
        for (const id of ids) facts.cacheEvent(id, undefined);
      },
    },
  ];
}

export function usageCalls(sql: Sql, tenant: string, needs: readonly Of<"usage">[]): FactCall[] {
  if (needs.length === 0) return [];
  const agents = needs.map(({ agent }) => agent);
  return [
    {
      call: call(sql.usage.of, tenant, toArrayText(agents)),
      learn({ rows }, facts) {
        for (const [agent, items, bytes] of rows as readonly (readonly [string, number, number])[])
          facts.cacheUsage(agent, { items, bytes });
        for (const agent of agents) facts.cacheUsage(agent, undefined);
      },
    },
  ];
}

function allowanceCalls(sql: Sql, tenant: string, needs: readonly Of<"allowance">[]): FactCall[] {
  if (needs.length === 0) return [];
  const names = needs.map(({ of }) => of ?? TENANT_ITSELF);
  return [
    {
      call: call(sql.usage.allowances, tenant, toArrayText(names)),
      learn({ rows }, facts) {
        for (const [name, left, at] of rows as readonly (readonly [string, number, number])[])
          facts.cacheAllowance(name === TENANT_ITSELF ? null : name, { left, at });
        for (const { of } of needs) facts.cacheAllowance(of, undefined);
      },
    },
  ];
}

/** One row more than asked for: it mostly tells what comes next. */
function queueCall(sql: Sql, tenant: string, { topic, size }: Of<"queue">): FactCall {
  const limit = size + 1;
  return {
    call: call(sql.item.queue, tenant, topic, limit),
    learn: ({ rows }, facts) =>
      facts.cacheQueue(topic, {
        rows: rows.map((row) => toItem(row)),
        isAll: rows.length < limit,
      }),
  };
}

function passingCall(
  sql: Sql,
  tenant: string,
  need: FactRequest,
  now: number,
): FactCall | undefined {
  switch (need.type) {
    case "subscriptions":
      return {
        call: call(sql.tie.topicsOf, tenant, need.agent),
        learn: ({ rows }, facts) =>
          facts.cacheSubscriptions(
            need.agent,
            rows.map(([topic]) => topic as string),
          ),
      };
    case "eventsOn":
      return {
        call: call(sql.event.countOn, tenant, topicBucket(need.topic), need.most),
        learn: ({ rows }, facts) => facts.cacheUntilNextChange(need, rows[0]?.[0] as number),
      };
    case "nextReadyAt":
      return {
        call: call(sql.item.nextReadyAt, tenant, need.topic, now),
        learn: ({ rows }, facts) =>
          facts.cacheUntilNextChange(need, (rows[0]?.[0] as number | undefined) ?? null),
      };
    case "page": {
      const { of, after, limit } = need;
      return {
        call:
          of === "all"
            ? call(sql.item.page, tenant, after, limit)
            : call(sql.item.pageOfTarget, tenant, topicBucket(of.topic), after, limit),
        learn: ({ rows }, facts) =>
          facts.cacheUntilNextChange(
            need,
            rows.map((row) => toItem(row)),
          ),
      };
    }
    case "expired":
      return {
        call: call(sql.item.expired, tenant, now, need.limit),
        learn: ({ rows }, facts) =>
          facts.cacheUntilNextChange(
            need,
            rows.map((row) => toItem(row)),
          ),
      };
    default:
      return undefined;
  }
}
