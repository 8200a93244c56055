import { type FactRequest, topicBucket } from "@syntha/core/storage";
import { type Answer, call } from "../connection/statement.ts";
import { toCard } from "../tables/agents.ts";
import { toArrayText } from "../tables/array-text.ts";
import { toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { toItem } from "../tables/items.ts";
import { TENANT_ITSELF } from "../tables/rates.ts";
import { type FactRead, type Of, readItems } from "./fact-read.ts";
import { membershipReads } from "./membership-reads.ts";
import { batches } from "./row-batches.ts";
import { singleTableReads, soleAgent } from "./single-table-reads.ts";
import { dependentCountReads, dependentsReads, nextReadyAtRead, queueReads } from "./task-reads.ts";

/**
 * The calls that read the requested facts, one for each kind of fact however many are requested. The first one also
 * returns the server's time, unless another time is given.
 * @param now undefined: the server's time
 * @param isDistributed whether Citus plans each statement
 */
export function factReads(
  tables: Tables,
  tenant: string,
  requests: readonly FactRequest[],
  now: number | undefined,
  isDistributed: boolean,
): FactRead[] {
  const of = <T extends FactRequest["type"]>(type: T): Of<T>[] =>
    requests.filter((request): request is Of<T> => request.type === type);
  const memberships = [of("item"), of("subscription"), of("topic"), of("agent")] as const;
  const agent = isDistributed ? soleAgent(...memberships) : undefined;
  return [
    ...(agent === undefined
      ? [
          ...membershipReads(tables, tenant, ...memberships),
          ...itemReads(tables, tenant, memberships[0]),
        ]
      : singleTableReads(tables, tenant, agent, now, ...memberships)),
    ...eventReads(tables, tenant, of("event")),
    ...usageReads(tables, tenant, of("usage")),
    ...allowanceReads(tables, tenant, of("allowance")),
    ...queueReads(tables, tenant, of("queue"), now),
    ...dependentsReads(tables, tenant, of("dependents")),
    ...dependentCountReads(tables, tenant, of("dependentCount")),
    ...requests.flatMap((request) => otherRead(tables, tenant, request, now ?? 0) ?? []),
  ];
}

/** The server's time, which is part of the first answer. */
export function clockOf([first]: readonly Answer[]): number {
  const row = first?.rows.find(([kind]) => kind === "clock");
  if (row === undefined) throw new Error("The facts have no time.");
  return row[4] as number;
}

function itemReads(tables: Tables, tenant: string, requests: readonly Of<"item">[]): FactRead[] {
  if (requests.length === 0) return [];
  return batches([...new Set(requests.map(({ key }) => key))]).map((keys) => ({
    call: call(tables.items.factsByKeys, tenant, toArrayText(keys)),
    cache({ rows }, facts) {
      for (const item of readItems(rows, facts)) facts.cacheItem(item.key, item);
      for (const key of keys) facts.cacheItem(key, undefined);
    },
  }));
}

function eventReads(tables: Tables, tenant: string, requests: readonly Of<"event">[]): FactRead[] {
  if (requests.length === 0) return [];
  const ids = requests.map(({ id }) => id);
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
  requests: readonly Of<"usage">[],
): FactRead[] {
  if (requests.length === 0) return [];
  const agents = requests.map(({ agent }) => agent);
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
  requests: readonly Of<"allowance">[],
): FactRead[] {
  if (requests.length === 0) return [];
  const names = requests.map(({ of }) => of ?? TENANT_ITSELF);
  return [
    {
      call: call(tables.rates.of, tenant, toArrayText(names)),
      cache({ rows }, facts) {
        for (const [name, left, at] of rows as readonly (readonly [string, number, number])[])
          facts.cacheAllowance(name === TENANT_ITSELF ? null : name, { left, at });
        for (const { of } of requests) facts.cacheAllowance(of, undefined);
      },
    },
  ];
}

function otherRead(
  tables: Tables,
  tenant: string,
  request: FactRequest,
  now: number,
): FactRead | undefined {
  switch (request.type) {
    case "subscriptions":
      return {
        call: call(tables.subscriptions.topicsOf, tenant, request.agent),
        cache: ({ rows }, facts) =>
          facts.cacheSubscriptions(
            request.agent,
            rows.map(([topic]) => topic as string),
          ),
      };
    case "eventsOn":
      return {
        call: call(tables.events.countIn, tenant, topicBucket(request.topic), request.most),
        cache: ({ rows }, facts) => facts.cacheUntilNextChange(request, rows[0]?.[0] as number),
      };
    case "card":
      return {
        call: call(tables.agents.cardOf, tenant, request.agent),
        cache: ({ rows }, facts) =>
          facts.cacheCard(request.agent, toCard((rows[0]?.[0] as string | undefined) ?? null)),
      };
    case "nextReadyAt":
      return nextReadyAtRead(tables, tenant, request, now);
    case "page": {
      const { of, after, limit } = request;
      return {
        call:
          of === "all"
            ? call(tables.items.page, tenant, after, limit)
            : call(tables.audiences.page, tenant, topicBucket(of.topic), after, limit),
        cache: ({ rows }, facts) =>
          facts.cacheUntilNextChange(
            request,
            rows.map((row) => toItem(row)),
          ),
      };
    }
    case "expired":
      return {
        call: call(tables.items.expired, tenant, now, request.limit),
        cache: ({ rows }, facts) => facts.cacheUntilNextChange(request, readItems(rows, facts)),
      };
    default:
      return undefined;
  }
}
