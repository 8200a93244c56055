import {
  checkEventPosition,
  type EventPage,
  type EventQuery,
  type EventRow,
  headPosition,
  merge,
  type LogPosition,
  type Source,
  afterPosition,
  bucketsVisibleTo,
} from "@syntha/core/storage";
import type { EventPlace } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";
import { eventFacts, positionAfter, withEventFingerprint } from "./positions.ts";

const byPlace = (a: EventPlace, b: EventPlace): number =>
  a.position - b.position || a.index - b.index;

/** Events that a reader sees, in log order. */
export function events(tables: Tables, name: string, query: EventQuery, clock: number): EventPage {
  const { actor, types, after, limit } = query;
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  if (after !== undefined) checkEventPosition(after, eventFacts(tables, tenant));
  const subscriptions = actor === null ? [] : tables.subscriptions.of(tenant.id, actor);
  const buckets = bucketsVisibleTo(actor, subscriptions) ?? (["*"] as const);
  const start = afterPosition(after);
  const sources = buckets.flatMap((bucket) =>
    (types ?? [undefined]).map(
      (type): Source<EventPlace> =>
        (last, most) =>
          tables.events.positions(tenant.id, bucket, type, last ?? start, most),
    ),
  );
  const behind = (place: LogPosition): LogPosition => withEventFingerprint(tables, tenant, place);
  const found: EventRow[] = [];
  for (const place of merge(sources, byPlace, undefined, limit)) {
    found.push(tables.events.at(tenant.id, place) as EventRow);
    if (found.length === limit)
      return { ...snapshot, events: found, end: behind(positionAfter(tables.log, tenant, place)) };
  }
  return { ...snapshot, events: found, end: behind(headPosition(tenant)) };
}
