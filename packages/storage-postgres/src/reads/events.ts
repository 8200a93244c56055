import {
  checkEventPlace,
  eventMark,
  type EventPage,
  type EventQuery,
  type EventRow,
  type Place,
  targetsSeenBy,
} from "@syntha/core/storage";
import { type Answer, type Call, call, type Row } from "../connections/statement.ts";
import { EVENT_WIDTH, toEvent } from "../tables/event.ts";
import type { Sql } from "../tables/index.ts";
import { type EntryPlace, headOf, logFacts, markAt, marksOf, startAfter } from "./place.ts";
import type { View } from "./view.ts";

const END: EntryPlace = { position: Number.MAX_SAFE_INTEGER, index: 0 };
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
  for (let from: EntryPlace | undefined = startAfter(after); from !== undefined; size *= 2) {
    const piece = await pieceOf(view, targets, types, from, size);
    for (const event of piece.events) {
      found.push(event);
      if (found.length === limit)
        return { ...snapshot, events: found, end: await placeAfter(view, event) };
    }
    from = piece.edge;
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

interface Piece {
  readonly events: readonly EventRow[];
  /** The place up to which nothing is missing; undefined when nothing follows at all. */
  readonly edge: EntryPlace | undefined;
}

/** The first events of each bucket, as far as they are complete. */
async function pieceOf(
  view: View,
  targets: readonly string[] | undefined,
  types: readonly string[] | undefined,
  from: EntryPlace,
  size: number,
): Promise<Piece> {
  const { rows } = await view.one(piece(view, targets, types, from, size));
  const all = rows.map((row) => toEvent(row)).sort(byPlace);
  const ends = new Map<string, { count: number; last: EntryPlace }>();
  for (const row of rows) {
    const bucket = bucketOf(row);
    const place = toEvent(row);
    const end = ends.get(bucket);
    if (end === undefined) ends.set(bucket, { count: 1, last: place });
    else {
      end.count++;
      if (byPlace(place, end.last) > 0) end.last = place;
    }
  }
  // A bucket that gave all that was asked may hold more behind its last event.
  const edge = [...ends.values()]
    .filter(({ count }) => count === size)
    .map(({ last }) => last)
    .sort(byPlace)[0];
  const events = all.filter(
    (event, at) =>
      (at === 0 || byPlace(event, all[at - 1] as EventRow) !== 0) &&
      (edge === undefined || byPlace(event, edge) <= 0),
  );
  return { events, edge };
}

function piece(
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
