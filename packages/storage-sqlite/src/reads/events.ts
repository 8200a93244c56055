import {
  checkEventPlace,
  type EventPage,
  type EventQuery,
  type EventRow,
  headOf,
  merge,
  type Place,
  type Source,
  startAfter,
  targetsSeenBy,
} from "@syntha/core/storage";
import type { EventPlace } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import { noTenant, snapshotOf } from "../tables/tenants.ts";
import { eventFacts, placeAfter, withEventMark } from "./log-facts.ts";

const byPlace = (a: EventPlace, b: EventPlace): number =>
  a.position - b.position || a.index - b.index;

/** Events that a reader sees, in log order. */
export function events(tables: Tables, name: string, query: EventQuery, clock: number): EventPage {
  const { as, types, after, limit } = query;
  const tenant = tables.tenants.find(name) ?? noTenant();
  const snapshot = snapshotOf(tenant, clock);
  if (after !== undefined) checkEventPlace(after, eventFacts(tables, tenant));
  const subscriptions = as === null ? [] : tables.subscriptions.of(tenant.id, as);
  const targets = targetsSeenBy(as, subscriptions) ?? (["*"] as const);
  const start = startAfter(after);
  const sources = targets.flatMap((target) =>
    (types ?? [undefined]).map(
      (type): Source<EventPlace> =>
        (last, most) =>
          tables.events.places(tenant.id, target, type, last ?? start, most),
    ),
  );
  const behind = (place: Place): Place => withEventMark(tables, tenant, place);
  const found: EventRow[] = [];
  for (const place of merge(sources, byPlace, undefined, limit)) {
    found.push(tables.events.at(tenant.id, place) as EventRow);
    if (found.length === limit)
      return { ...snapshot, events: found, end: behind(placeAfter(tables.log, tenant, place)) };
  }
  return { ...snapshot, events: found, end: behind(headOf(tenant)) };
}
