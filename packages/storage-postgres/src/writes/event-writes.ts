import { bucketsOf, type EventRow } from "@syntha/core/storage";
import type { Call } from "../connection/statement.ts";
import type { Tables } from "../tables/index.ts";
import type { Insertion } from "../tables/insertion.ts";
import { insertCalls, rowCalls } from "./row-batches.ts";

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
  statement: Insertion,
  tenant: string,
  events: readonly EventRow[],
): Call[] {
  const rows = events.map((event) => [
    event.position,
    event.index,
    event.id,
    event.type,
    event.topics,
    event.subscribers,
    event.global,
    event.owner,
    event.at,
    event.data,
  ]);
  const audiences = events.flatMap((event) =>
    bucketsOf(event).map((bucket) => [bucket, event.position, event.index, event.type]),
  );
  return [
    ...insertCalls(statement, tenant, rows),
    ...insertCalls(tables.events.addAudiences, tenant, audiences),
  ];
}
