import { type EventRow, bucketsOf } from "@syntha/core/storage";
import type { Call, Statement } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { rowCalls } from "./row-batches.ts";

/** Writes events that are new. */
export function insertEvents(tables: Tables, tenant: string, events: readonly EventRow[]): Call[] {
  return writeEvents(tables, tables.events.insert, tenant, events);
}

/** Writes events into the places of those that stand where they stand; the edges of those are gone. */
export function putEvents(tables: Tables, tenant: string, events: readonly EventRow[]): Call[] {
  return writeEvents(tables, tables.events.put, tenant, events);
}

export function removeEventEdges(
  tables: Tables,
  tenant: string,
  events: readonly EventRow[],
): Call[] {
  const edges = events.flatMap((event) =>
    bucketsOf(event).map((target) => [target, event.position, event.index]),
  );
  return rowCalls(tables.events.removeAudiences, tenant, edges);
}

function writeEvents(
  tables: Tables,
  statement: Statement,
  tenant: string,
  events: readonly EventRow[],
): Call[] {
  const rows = events.map((event) => [
    event.position,
    event.index,
    event.id,
    event.type,
    toArrayText(event.topics),
    toArrayText(event.subscribers),
    event.global,
    event.owner,
    event.at,
    event.data,
  ]);
  const edges = events.flatMap((event) =>
    bucketsOf(event).map((target) => [target, event.position, event.index, event.type]),
  );
  return [
    ...rowCalls(statement, tenant, rows),
    ...rowCalls(tables.events.addAudiences, tenant, edges),
  ];
}
