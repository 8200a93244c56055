import { type EventFacts, type LogFacts, type Place, startAfter } from "@syntha/core/storage";
import type { EventPlace } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import type { Log } from "../tables/log.ts";
import type { Tenant } from "../tables/tenants.ts";

/** What a tenant's log is judged by. */
export function logFacts(log: Log, tenant: Tenant): LogFacts {
  const { epoch, head, floor, floorEntries, historyFloor } = tenant;
  const facts = { epoch, head, floor, floorEntries, historyFloor };
  return { ...facts, markAt: (position) => markAt(log, tenant, position) };
}

/** What a place in the listing of a tenant's events is judged by. */
export function eventFacts({ log, events }: Tables, tenant: Tenant): EventFacts {
  return {
    ...logFacts(log, tenant),
    lastRemovedEvent: tenant.lastRemovedEvent,
    eventMarkAt: (position, index) => events.markAt(tenant.id, position, index),
  };
}

/** The mark of a commit of which a line is kept, or of the log's floor. */
export function markAt(log: Log, tenant: Tenant, position: number): number | undefined {
  if (position === tenant.floor) return tenant.floorMark;
  if (position === tenant.head) return tenant.headMark;
  return log.markAt(tenant.id, position);
}

/** Behind an event or a log entry; the rest of its commit is still to come. */
export function placeAfter(log: Log, tenant: Tenant, { position, index }: EventPlace): Place {
  const mark = markAt(log, tenant, position) ?? 0;
  return { epoch: tenant.epoch, position, done: index + 1, mark };
}

/** A place in the listing of events, which is still known when its commit is compacted away. */
export function withEventMark({ events }: Tables, tenant: Tenant, place: Place): Place {
  const { position, index } = startAfter(place);
  const mark = events.markAt(tenant.id, position, index) ?? tenant.lastRemovedEvent?.mark ?? 0;
  return { ...place, eventMark: mark };
}
