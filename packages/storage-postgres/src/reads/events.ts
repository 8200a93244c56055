import {
  checkEventPlace,
  type EntryPlace,
  eventMark,
  type EventPage,
  type EventQuery,
  type EventRow,
  headOf,
  type Place,
  startAfter,
  targetsSeenBy,
} from "@syntha/core/storage";
import { type Answer, type Call, call, type Row } from "../connections/statement.ts";
import { EVENT_WIDTH, toEvent } from "../tables/event.ts";
import type { Sql } from "../tables/index.ts";
import { logFacts, markAt, marksOf } from "./place.ts";
import { type Piece, pieceOf } from "./piece.ts";
import type { View } from "./view.ts";

const END: EntryPlace = { position: Number.MAX_SAFE_INTEGER, index: 0 };
/** Rows that one statement reads when a listing has to look further for what it wants. */
const MOST_READ = 2_000;
const BEGINNING: EntryPlace = { position: -1, index: 0 };

/** What is asked along with the tenant itself. */
export function eventsCalls(sql: Sql, name: string, { as, after }: EventQuery): Call[] {
  const { position, index } = after === undefined ? BEGINNING : startAfter(after);
  return [
    call(sql.event.lastTo, name, END.position, END.index),
    call(sql.event.lastTo, name, position, index),
    call(sql.log.mark, name, position),
    call(sql.tie.topicsOf, name, as),
  ];
}

/** Events that a reader sees, in log order. */
export async function events(
  view: View,
  query: EventQuery,
  [newest, before, line, topics]: readonly Answer[],
): Promise<EventPage> {
  const { as, limit, after, types } = query;
  const { snapshot } = view;
  if (after !== undefined) check(view, after, before, line);
  const targets = targetsSeenBy(as, topics?.rows.map(([topic]) => topic as string) ?? []);
  const buckets = Math.max(1, targets?.length ?? 1) * Math.max(1, types?.length ?? 1);
  const found: EventRow[] = [];
  let size = Math.max(8, Math.ceil(limit / buckets));
  const most = Math.max(size, Math.floor(MOST_READ / buckets));
  for (let from: EntryPlace | undefined = startAfter(after); from !== undefined;) {
    const { elements, edge } = await read(view, targets, types, from, size);
    for (const event of elements) {
      found.push(event);
      if (found.length === limit)
        return { ...snapshot, events: found, end: await placeAfter(view, event) };
    }
    from = edge;
    size = Math.min(size * 2, most);
  }
  const { tenant } = view;
  const mark = markOf(newest) ?? tenant.removedEvent?.mark ?? 0;
  return { ...snapshot, events: found, end: { ...headOf(tenant), eventMark: mark } };
}

function check(
  { tenant }: View,
  after: Place,
  before: Answer | undefined,
  line: Answer | undefined,
): void {
  checkEventPlace(after, {
    ...logFacts(tenant, marksOf(after.position, line)),
    lastRemovedEvent: tenant.removedEvent,
    // Asked for no other place than this one.
    eventMarkAt: () => markOf(before),
  });
}

function markOf(answer: Answer | undefined): number | undefined {
  const row = answer?.rows[0];
  return row && eventMark(toEvent(row));
}

/** The first events of each bucket, as far as they are complete. */
async function read(
  view: View,
  targets: readonly string[] | undefined,
  types: readonly string[] | undefined,
  from: EntryPlace,
  size: number,
): Promise<Piece<EventRow>> {
  const { rows } = await view.one(readCall(view, targets, types, from, size));
  const found = rows.map((row) => ({ bucket: bucketOf(row), element: toEvent(row) }));
  return pieceOf(found, size, byPlace);
}

function readCall(
  { sql, name }: View,
  targets: readonly string[] | undefined,
  types: readonly string[] | undefined,
  { position, index }: EntryPlace,
  size: number,
): Call {
  const { all, byTypes, byTargets, byTargetsAndTypes } = sql.event;
  if (targets === undefined)
    return types === undefined
      ? call(all, name, position, index, size)
      : call(byTypes, name, position, index, size, types);
  return types === undefined
    ? call(byTargets, name, position, index, size, targets)
    : call(byTargetsAndTypes, name, position, index, size, targets, types);
}

function bucketOf(row: Row): string {
  return (row[EVENT_WIDTH] as string | undefined) ?? "";
}

async function placeAfter(view: View, event: EventRow): Promise<Place> {
  const { sql, name, tenant } = view;
  const { position, index } = event;
  const line = await view.one(call(sql.log.mark, name, position));
  const mark = markAt(tenant, marksOf(position, line), position) ?? 0;
  return { epoch: tenant.epoch, position, done: index + 1, mark, eventMark: eventMark(event) };
}

function byPlace(a: EntryPlace, b: EntryPlace): number {
  return a.position - b.position || a.index - b.index;
}
