import {
  type EventFacts,
  type LogFacts,
  type LogPosition,
  afterPosition,
} from "@syntha/core/storage";
import type { EventPlace } from "../tables/events.ts";
import type { Tables } from "../tables/index.ts";
import type { Log } from "../tables/log.ts";
import type { Tenant } from "../tables/tenants.ts";

/** What a tenant's log is judged by. */
export function logFacts(log: Log, tenant: Tenant): LogFacts {
  const { epoch, head, floor, floorEntries, historyFloor } = tenant;
  const facts = { epoch, head, floor, floorEntries, historyFloor };
  return { ...facts, commitIdAt: (position) => commitIdAt(log, tenant, position) };
}

/** What a place in the listing of a tenant's events is judged by. */
export function eventFacts({ log, events }: Tables, tenant: Tenant): EventFacts {
  return {
    ...logFacts(log, tenant),
    lastRemovedEvent: tenant.lastRemovedEvent,
    eventFingerprintAt: (position, index) => events.fingerprintAt(tenant.id, position, index),
  };
}

/** The mark of a commit of which a line is kept, or of the log's floor. */
export function commitIdAt(log: Log, tenant: Tenant, position: number): number | undefined {
  if (position === tenant.floor) return tenant.floorCommitId;
  if (position === tenant.head) return tenant.headCommitId;
  return log.commitIdAt(tenant.id, position);
}

/** Behind an event or a log entry; the rest of its commit is still to come. */
export function positionAfter(
  log: Log,
  tenant: Tenant,
  { position, index }: EventPlace,
): LogPosition {
  const commitId = commitIdAt(log, tenant, position) ?? 0;
  return { epoch: tenant.epoch, position, done: index + 1, commitId };
}

/** A place in the listing of events, which is still known when its commit is compacted away. */
export function withEventFingerprint(
  { events }: Tables,
  tenant: Tenant,
  place: LogPosition,
): LogPosition {
  const { position, index } = afterPosition(place);
  const mark =
    events.fingerprintAt(tenant.id, position, index) ?? tenant.lastRemovedEvent?.fingerprint ?? 0;
  return { ...place, eventMark: mark };
}
