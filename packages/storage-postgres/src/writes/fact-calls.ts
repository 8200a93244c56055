import { type KnownFacts, type Need, topicTarget } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connections/statement.ts";
import type { Sql } from "../tables/index.ts";
import { toEvent } from "../tables/event.ts";
import { toItem } from "../tables/item.ts";
import { toPermissions } from "../tables/permissions-text.ts";

/** A call that reads facts, and what its answer makes known. */
export interface FactCall {
  readonly call: Call;
  learn(answer: Answer, facts: KnownFacts): void;
}

type Of<T extends Need["type"]> = Extract<Need, { type: T }>;

/**
 * Calls that read what is needed: the same few, however many needs there are of a kind. The ties come first, as what
 * they do not tell of is learnt as missing by the items.
 */
export function factCalls(
  sql: Sql,
  tenant: string,
  needs: readonly Need[],
  now: number,
): FactCall[] {
  const of = <T extends Need["type"]>(type: T): Of<T>[] =>
    needs.filter((need): need is Of<T> => need.type === type);
  const items = of("item");
  return [
    tieCall(sql, tenant, items, of("subscription"), of("topic"), of("agent")),
    ...itemCalls(sql, tenant, items),
    ...eventCalls(sql, tenant, of("event")),
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
  const keys = [...new Set(needs.map(({ key }) => key))];
  return [
    {
      call: call(sql.item.byKeys, tenant, keys),
      learn({ rows }, facts) {
        const items = rows.map((row) => toItem(row));
        for (const item of items) facts.learnItem(item.key, item);
        for (const key of keys) facts.learnItem(key, undefined);
        // What the tie call does not give of the rows' own topics is not there.
        const topicsOf = new Map(items.map(({ key, topics }) => [key, topics]));
        for (const { key, by } of needs) {
          for (const topic of topicsOf.get(key) ?? []) {
            facts.learnTopic(topic, undefined);
            if (by !== null) facts.learnSubscription(by, topic, false);
          }
        }
      },
    },
  ];
}

function tieCall(
  sql: Sql,
  tenant: string,
  items: readonly Of<"item">[],
  subscriptions: readonly Of<"subscription">[],
  topics: readonly Of<"topic">[],
  agents: readonly Of<"agent">[],
): FactCall {
  const seers = items.filter(({ by }) => by !== null);
  return {
    call: call(
      sql.tie.facts,
      tenant,
      subscriptions.map(({ agent }) => agent),
      subscriptions.map(({ topic }) => topic),
      seers.map(({ by }) => by),
      seers.map(({ key }) => key),
      topics.map(({ name }) => name),
      items.map(({ key }) => key),
      agents.map(({ name }) => name),
    ),
    learn({ rows }, facts) {
      for (const [kind, agent, name, n, m, text] of rows) {
        if (kind === "subscription") facts.learnSubscription(agent as string, name as string, true);
        if (kind === "topic")
          facts.learnTopic(name as string, { subscribers: n as number, items: m as number });
        if (kind === "agent")
          facts.learnAgent(agent as string, {
            subscriptions: n as number,
            permissions: toPermissions(text as string | null),
          });
      }
      for (const { agent, topic } of subscriptions) facts.learnSubscription(agent, topic, false);
      for (const { name } of topics) facts.learnTopic(name, undefined);
      for (const { name } of agents) facts.learnAgent(name, undefined);
    },
  };
}

function eventCalls(sql: Sql, tenant: string, needs: readonly Of<"event">[]): FactCall[] {
  if (needs.length === 0) return [];
  const ids = needs.map(({ id }) => id);
  return [
    {
      call: call(sql.event.byIds, tenant, ids),
      learn({ rows }, facts) {
        for (const event of rows.map((row) => toEvent(row))) facts.learnEvent(event.id, event);
        for (const id of ids) facts.learnEvent(id, undefined);
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
      facts.learnQueue(topic, {
        rows: rows.map((row) => toItem(row)),
        isAll: rows.length < limit,
      }),
  };
}

function passingCall(sql: Sql, tenant: string, need: Need, now: number): FactCall | undefined {
  switch (need.type) {
    case "subscriptions":
      return {
        call: call(sql.tie.topicsOf, tenant, need.agent),
        learn: ({ rows }, facts) =>
          facts.learnSubscriptions(
            need.agent,
            rows.map(([topic]) => topic as string),
          ),
      };
    case "hasEvents":
      return {
        call: call(sql.event.isOn, tenant, topicTarget(need.topic)),
        learn: ({ rows }, facts) => facts.learnPassing(need, rows.length > 0),
      };
    case "nextReadyAt":
      return {
        call: call(sql.item.nextReadyAt, tenant, need.topic, now),
        learn: ({ rows }, facts) =>
          facts.learnPassing(need, (rows[0]?.[0] as number | undefined) ?? null),
      };
    case "page": {
      const { of, after, limit } = need;
      return {
        call:
          of === "all"
            ? call(sql.item.page, tenant, after, limit)
            : call(sql.item.pageOfTarget, tenant, topicTarget(of.topic), after, limit),
        learn: ({ rows }, facts) =>
          facts.learnPassing(
            need,
            rows.map((row) => toItem(row)),
          ),
      };
    }
    case "expired":
      return {
        call: call(sql.item.expired, tenant, now, need.limit),
        learn: ({ rows }, facts) =>
          facts.learnPassing(
            need,
            rows.map((row) => toItem(row)),
          ),
      };
    default:
      return undefined;
  }
}
