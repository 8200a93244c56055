import {
  checkEventPosition,
  type EntryPosition,
  eventFingerprint,
  type EventPage,
  type EventQuery,
  type EventRow,
  headPosition,
  type LogPosition,
  afterPosition,
  bucketsVisibleTo,
} from "@syntha/core/storage";
import { type Answer, type Call, call, type Row } from "../connection/statement.ts";
import { EVENT_WIDTH, toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { logFacts, commitIdAt, commitIdsOf } from "./positions.ts";
import { type MergedBuckets, mergeBuckets } from "./bucket-merge.ts";
import type { TenantSnapshot } from "./tenant-snapshot.ts";

const END: EntryPosition = { position: Number.MAX_SAFE_INTEGER, index: 0 };
/** Rows that one statement reads when a listing has to look further for what it wants. */
const MAX_ROWS = 2_000;
const BEGINNING: EntryPosition = { position: -1, index: 0 };

/** What is asked along with the tenant itself. */
export function eventsCalls(tables: Tables, name: string, { actor, after }: EventQuery): Call[] {
  const { position, index } = after === undefined ? BEGINNING : afterPosition(after);
  return [
    call(tables.events.lastUpTo, name, END.position, END.index),
    call(tables.events.lastUpTo, name, position, index),
    call(tables.log.commitIdAt, name, position),
    call(tables.subscriptions.topicsOf, name, actor),
  ];
}

/** Events that a reader sees, in log order. */
export async function events(
  view: TenantSnapshot,
  query: EventQuery,
  [newest, before, line, topics]: readonly Answer[],
): Promise<EventPage> {
  const { actor, limit, after, types } = query;
  const { snapshot } = view;
  if (after !== undefined) check(view, after, before, line);
  const targets = bucketsVisibleTo(actor, topics?.rows.map(([topic]) => topic as string) ?? []);
  const buckets = Math.max(1, targets?.length ?? 1) * Math.max(1, types?.length ?? 1);
  const found: EventRow[] = [];
  let size = Math.max(8, Math.ceil(limit / buckets));
  const most = Math.max(size, Math.floor(MAX_ROWS / buckets));
  for (let from: EntryPosition | undefined = afterPosition(after); from !== undefined;) {
    const { elements, edge } = await read(view, targets, types, from, size);
    for (const event of elements) {
      found.push(event);
      if (found.length === limit)
        return { ...snapshot, events: found, end: await positionAfter(view, event) };
    }
    from = edge;
    size = Math.min(size * 2, most);
  }
  const { tenant } = view;
  const mark = fingerprintOf(newest) ?? tenant.removedEvent?.fingerprint ?? 0;
  return { ...snapshot, events: found, end: { ...headPosition(tenant), eventMark: mark } };
}

function check(
  { tenant }: TenantSnapshot,
  after: LogPosition,
  before: Answer | undefined,
  line: Answer | undefined,
): void {
  checkEventPosition(after, {
    ...logFacts(tenant, commitIdsOf(after.position, line)),
    lastRemovedEvent: tenant.removedEvent,
    // Asked for no other place than this one.
    eventFingerprintAt: () => fingerprintOf(before),
  });
}

function fingerprintOf(answer: Answer | undefined): number | undefined {
  const row = answer?.rows[0];
  return row && eventFingerprint(toEvent(row));
}

/** The first events of each bucket, as far as they are complete. */
async function read(
  view: TenantSnapshot,
  targets: readonly string[] | undefined,
  types: readonly string[] | undefined,
  from: EntryPosition,
  size: number,
): Promise<MergedBuckets<EventRow>> {
  const { rows } = await view.one(readCall(view, targets, types, from, size));
  const found = rows.map((row) => ({ bucket: bucketOf(row), element: toEvent(row) }));
  return mergeBuckets(found, size, byPosition);
}

function readCall(
  { tables, name }: TenantSnapshot,
  targets: readonly string[] | undefined,
  types: readonly string[] | undefined,
  { position, index }: EntryPosition,
  size: number,
): Call {
  const { all, byTypes, byBuckets, byBucketsAndTypes } = tables.events;
  if (targets === undefined)
    return types === undefined
      ? call(all, name, position, index, size)
      : call(byTypes, name, position, index, size, types);
  return types === undefined
    ? call(byBuckets, name, position, index, size, targets)
    : call(byBucketsAndTypes, name, position, index, size, targets, types);
}

function bucketOf(row: Row): string {
  return (row[EVENT_WIDTH] as string | undefined) ?? "";
}

async function positionAfter(view: TenantSnapshot, event: EventRow): Promise<LogPosition> {
  const { tables, name, tenant } = view;
  const { position, index } = event;
  const line = await view.one(call(tables.log.commitIdAt, name, position));
  const commitId = commitIdAt(tenant, commitIdsOf(position, line), position) ?? 0;
  return {
    epoch: tenant.epoch,
    position,
    done: index + 1,
    commitId,
    eventMark: eventFingerprint(event),
  };
}

function byPosition(a: EntryPosition, b: EntryPosition): number {
  return a.position - b.position || a.index - b.index;
}
