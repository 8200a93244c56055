import {
  afterPosition,
  bucketsVisibleTo,
  checkEventPosition,
  type EntryPosition,
  eventFingerprint,
  type EventPage,
  type EventQuery,
  type EventRow,
  headPosition,
  type LogPosition,
} from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import { EVENT_WIDTH, toEvent } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { mergeBuckets, type MergedBuckets } from "./bucket-merge.ts";
import { commitIdAt, eventFacts, fingerprintOf, positionAfter } from "./positions.ts";
import type { TenantView } from "./tenant-view.ts";

/** The most rows that one statement reads while a page is not full. */
const MAX_ROWS = 2_000;

const START: EntryPosition = { position: -1, index: 0 };
const END: EntryPosition = { position: Number.MAX_SAFE_INTEGER, index: 0 };

/** The calls that are sent with the tenant's own. */
export function eventsCalls(tables: Tables, name: string, { actor, after }: EventQuery): Call[] {
  const { position, index } = after === undefined ? START : afterPosition(after);
  return [
    call(tables.events.lastUpTo, name, END.position, END.index),
    call(tables.events.lastUpTo, name, position, index),
    call(tables.log.commitIdAt, name, position),
    call(tables.subscriptions.topicsOf, name, actor),
  ];
}

/** The events that the actor sees, in log order: the actor's audience buckets, merged. */
export async function events(
  view: TenantView,
  query: EventQuery,
  [newest, last, commitId, topics]: readonly Answer[],
): Promise<EventPage> {
  const { actor, limit, after, types } = query;
  const { tenant, snapshot } = view;
  if (after !== undefined)
    checkEventPosition(after, eventFacts(tenant, after.position, commitId, last));
  const subscribed = topics?.rows.map(([topic]) => topic as string) ?? [];
  const buckets = bucketsVisibleTo(actor, subscribed);
  const bucketCount = Math.max(1, buckets?.length ?? 1) * Math.max(1, types?.length ?? 1);
  const found: EventRow[] = [];
  let size = Math.max(8, Math.ceil(limit / bucketCount));
  const maxSize = Math.max(size, Math.floor(MAX_ROWS / bucketCount));
  for (let from: EntryPosition | undefined = afterPosition(after); from !== undefined;) {
    const { elements, edge } = await read(view, buckets, types, from, size);
    for (const event of elements) {
      found.push(event);
      if (found.length === limit)
        return { ...snapshot, events: found, end: await positionAfterEvent(view, event) };
    }
    from = edge;
    size = Math.min(size * 2, maxSize);
  }
  const newestFingerprint = fingerprintOf(newest) ?? tenant.removedEvent?.fingerprint ?? 0;
  return {
    ...snapshot,
    events: found,
    end: { ...headPosition(tenant), eventFingerprint: newestFingerprint },
  };
}

async function read(
  view: TenantView,
  buckets: readonly string[] | undefined,
  types: readonly string[] | undefined,
  { position, index }: EntryPosition,
  size: number,
): Promise<MergedBuckets<EventRow>> {
  const { all, byTypes, byBuckets, byBucketsAndTypes } = view.tables.events;
  const statement =
    buckets === undefined
      ? types === undefined
        ? all
        : byTypes
      : types === undefined
        ? byBuckets
        : byBucketsAndTypes;
  const filters = [buckets, types].filter((each) => each !== undefined);
  const { rows } = await view.one(call(statement, view.name, position, index, size, ...filters));
  const found = rows.map((row) => ({
    bucket: (row[EVENT_WIDTH] as string | undefined) ?? "",
    element: toEvent(row),
  }));
  return mergeBuckets(found, size, byPosition);
}

async function positionAfterEvent(view: TenantView, event: EventRow): Promise<LogPosition> {
  const { tables, name, tenant } = view;
  const { position } = event;
  const answer = await view.one(call(tables.log.commitIdAt, name, position));
  const commitId = commitIdAt(tenant, position, answer) ?? 0;
  return { ...positionAfter(tenant, event, commitId), eventFingerprint: eventFingerprint(event) };
}

function byPosition(a: EntryPosition, b: EntryPosition): number {
  return a.position - b.position || a.index - b.index;
}
