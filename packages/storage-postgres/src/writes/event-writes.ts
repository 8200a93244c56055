import { bucketsOf, type EventRow } from "@syntha/core/storage";
import type { Call, Statement } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { rowCalls } from "./row-batches.ts";

export function insertEvents(tables: Tables, tenant: string, events: readonly EventRow[]): Call[] {
  return writeEvents(tables, tables.events.insert, tenant, events);
}

/** Replaces the events at the same positions, whose audiences are removed already. */
export function putEvents(tables: Tables, tenant: string, events: readonly EventRow[]): Call[] {
  return writeEvents(tables, tables.events.put, tenant, events);
}

export function removeEventAudiences(
  tables: Tables,
  tenant: string,
  events: readonly EventRow[],
): Call[] {
  const audiences = events.flatMap((event) =>
    bucketsOf(event).map((bucket) => [bucket, event.position, event.index]),
  );
  return rowCalls(tables.events.removeAudiences, tenant, audiences);
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
  const audiences = events.flatMap((event) =>
    bucketsOf(event).map((bucket) => [bucket, event.position, event.index, event.type]),
  );
  return [
    ...rowCalls(statement, tenant, rows),
    ...rowCalls(tables.events.addAudiences, tenant, audiences),
  ];
}
