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
import { noTenant, snapshotOf } from "../tables/tenants.ts";
import { eventFacts, placeAfter, withEventMark } from "./log-facts.ts";

const byPlace = (a: EventPlace, b: EventPlace): number =>
  a.position - b.position || a.index - b.index;

/** Events that a reader sees, in log order. */
export function events(tables: Tables, name: string, query: EventQuery, clock: number): EventPage {
  const { actor, types, after, limit } = query;
  const tenant = tables.tenants.find(name) ?? noTenant();
  const snapshot = snapshotOf(tenant, clock);
  if (after !== undefined) checkEventPosition(after, eventFacts(tables, tenant));
  const subscriptions = actor === null ? [] : tables.subscriptions.of(tenant.id, actor);
  const targets = bucketsVisibleTo(actor, subscriptions) ?? (["*"] as const);
  const start = afterPosition(after);
  const sources = targets.flatMap((target) =>
    (types ?? [undefined]).map(
      (type): Source<EventPlace> =>
        (last, most) =>
          tables.events.places(tenant.id, target, type, last ?? start, most),
    ),
  );
  const behind = (place: LogPosition): LogPosition => withEventMark(tables, tenant, place);
  const found: EventRow[] = [];
  for (const place of merge(sources, byPlace, undefined, limit)) {
    found.push(tables.events.at(tenant.id, place) as EventRow);
    if (found.length === limit)
      return { ...snapshot, events: found, end: behind(placeAfter(tables.log, tenant, place)) };
  }
  return { ...snapshot, events: found, end: behind(headPosition(tenant)) };
}
