import type { LogFacts, Place } from "@syntha/core/storage";
import type { EventPlace } from "../tables/events.ts";
import type { Log } from "../tables/log.ts";
import type { Tenant } from "../tables/tenants.ts";

/** What a tenant's log is judged by. */
export function logFacts(log: Log, tenant: Tenant): LogFacts {
  const { epoch, head, floor, floorEntries } = tenant;
  const facts = { epoch, head, floor, floorEntries, historyFloor: floor };
  return { ...facts, markAt: (position) => markAt(log, tenant, position) };
}

/** The mark of a commit that the log still holds, or of its floor. */
export function markAt(log: Log, tenant: Tenant, position: number): number | undefined {
  if (position === tenant.floor) return tenant.floorMark;
  if (position === tenant.head) return tenant.headMark;
  return log.line(tenant.id, position)?.mark;
}

export function headOf({ epoch, head, headMark }: Tenant): Place {
  return { epoch, position: head, done: "all", mark: headMark };
}

/** Behind an event or a log entry; the rest of its commit is still to come. */
export function placeAfter(log: Log, tenant: Tenant, { position, index }: EventPlace): Place {
  const mark = markAt(log, tenant, position) ?? 0;
  return { epoch: tenant.epoch, position, done: index + 1, mark };
}

/** The last entry that a place has behind it. */
export function startAfter(place: Place | undefined): EventPlace {
  if (place === undefined) return { position: 0, index: -1 };
  const { position, done } = place;
  return { position, index: done === "all" ? Number.MAX_SAFE_INTEGER : done - 1 };
}
