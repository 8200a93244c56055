import type { ItemRow, QueueBucket } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { toItem } from "../tables/items.ts";
import { QUEUE_AT, type QueueColumns } from "../tables/queue.ts";
import { type FactRead, type Of, readItems } from "./fact-read.ts";
import { batches } from "./row-batches.ts";

/** The dependents that one statement reads. */
const MOST_DEPENDENTS = 1_000;

/** One item more than requested, because a claim that finds an expired item asks for the next one. */
export function queueReads(
  tables: Tables,
  tenant: string,
  requests: readonly Of<"queue">[],
  now: number | undefined,
): FactRead[] {
  if (requests.length === 0) return [];
  const queues = toArrayText([...new Set(requests.map(({ queue }) => queue))]);
  const limit = Math.max(...requests.map(({ size }) => size)) + 1;
  return [
    {
      call: call(tables.queue.ready, tenant, queues, limit, now ?? null),
      cache({ rows }, facts) {
        const found = rows.map((row) => {
          const [queue, at, nextReadyAt] = JSON.parse(row[QUEUE_AT] as string) as QueueColumns;
          return { queue, at, nextReadyAt, item: row[0] === null ? [] : readItems([row], facts) };
        });
        for (const [queue, each] of Map.groupBy(found, (row) => row.queue)) {
          const [{ at, nextReadyAt: next }] = each as [(typeof found)[number]];
          const ready = each.flatMap(({ item }) => item);
          const isAll = ready.length < limit;
          const nextReadyAt = isAll ? next : undefined;
          facts.cacheQueue(queue as QueueBucket, { at, rows: ready, isAll, nextReadyAt });
        }
      },
    },
  ];
}

export function dependentsReads(
  tables: Tables,
  tenant: string,
  requests: readonly Of<"dependents">[],
): FactRead[] {
  const keys = new Set(requests.flatMap((request) => request.keys));
  return batches([...keys]).map((batch) => dependentsRead(tables, tenant, batch, []));
}

export function dependentCountReads(
  tables: Tables,
  tenant: string,
  requests: readonly Of<"dependentCount">[],
): FactRead[] {
  return batches([...new Set(requests.map(({ key }) => key))]).map((keys) => ({
    call: call(tables.dependencies.counts, tenant, toArrayText(keys)),
    cache({ rows }, facts) {
      for (const [key, count] of rows as readonly (readonly [string, number])[])
        facts.cacheDependentCount(key, count);
    },
  }));
}

/** @param known those that are read already */
function dependentsRead(
  tables: Tables,
  tenant: string,
  keys: readonly string[],
  known: readonly ItemRow[],
): FactRead {
  const after = known.at(-1)?.key ?? "";
  return {
    call: call(tables.dependencies.dependents, tenant, toArrayText(keys), after, MOST_DEPENDENTS),
    cache({ rows }, facts) {
      const all = [...known, ...rows.map((row) => toItem(row))];
      if (rows.length === MOST_DEPENDENTS) return dependentsRead(tables, tenant, keys, all);
      return facts.cacheDependents(keys, all);
    },
  };
}

/** The row of a queue itself, without items. */
export function nextReadyAtRead(
  tables: Tables,
  tenant: string,
  request: Of<"nextReadyAt">,
  now: number,
): FactRead {
  return {
    call: call(tables.queue.ready, tenant, toArrayText([request.queue]), 0, now),
    cache({ rows }, facts) {
      const [, , nextReadyAt] = JSON.parse(rows[0]?.[QUEUE_AT] as string) as QueueColumns;
      facts.cacheUntilNextChange(request, nextReadyAt);
    },
  };
}
