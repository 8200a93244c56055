import { type EventRow, bucketsOf } from "@syntha/core/storage";
import type { Call, Statement } from "../connections/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Sql } from "../tables/index.ts";
import { rowsCall } from "./rows-call.ts";

/** Writes events that are new. */
export function insertEvents(sql: Sql, tenant: string, events: readonly EventRow[]): Call[] {
  return writeEvents(sql, sql.event.insert, tenant, events);
}

/** Writes events into the places of those that stand where they stand; the edges of those are gone. */
export function putEvents(sql: Sql, tenant: string, events: readonly EventRow[]): Call[] {
  return writeEvents(sql, sql.event.put, tenant, events);
}

export function removeEventEdges(sql: Sql, tenant: string, events: readonly EventRow[]): Call[] {
  const edges = events.flatMap((event) =>
    bucketsOf(event).map((target) => [target, event.position, event.index]),
  );
  return rowsCall(sql.event.removeEdges, tenant, edges);
}

function writeEvents(
  sql: Sql,
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
  return [...rowsCall(statement, tenant, rows), ...rowsCall(sql.event.addEdges, tenant, edges)];
}
