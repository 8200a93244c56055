import {
  type EventFacts,
  type LogFacts,
  type LogPosition,
  afterPosition,
  type EntryPosition,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import type { Log } from "../tables/log.ts";
import type { Tenant } from "../tables/tenants.ts";

/** What a position in the log is checked against. */
export function logFacts(log: Log, tenant: Tenant): LogFacts {
  const { epoch, head, floor, floorEntries, historyFloor } = tenant;
  const facts = { epoch, head, floor, floorEntries, historyFloor };
  return { ...facts, commitIdAt: (position) => commitIdAt(log, tenant, position) };
}

/** What a position in the listing of events is checked against. */
export function eventFacts({ log, events }: Tables, tenant: Tenant): EventFacts {
  return {
    ...logFacts(log, tenant),
    lastRemovedEvent: tenant.lastRemovedEvent,
    eventFingerprintAt: (position, index) => events.fingerprintAt(tenant.id, position, index),
  };
}

/** The id of a commit that has an entry in the log, or of the log's floor. */
export function commitIdAt(log: Log, tenant: Tenant, position: number): number | undefined {
  if (position === tenant.floor) return tenant.floorCommitId;
  if (position === tenant.head) return tenant.headCommitId;
  return log.commitIdAt(tenant.id, position);
}

/** The position after an event or a log entry, before the rest of its commit. */
export function positionAfter(
  log: Log,
  tenant: Tenant,
  { position, index }: EntryPosition,
): LogPosition {
  const commitId = commitIdAt(log, tenant, position) ?? 0;
  return { epoch: tenant.epoch, position, done: index + 1, commitId };
}

/** A position in the listing of events, which stays valid when its commit is compacted. */
export function withEventFingerprint(
  { events }: Tables,
  tenant: Tenant,
  after: LogPosition,
): LogPosition {
  const { position, index } = afterPosition(after);
  const fingerprint =
    events.fingerprintAt(tenant.id, position, index) ?? tenant.lastRemovedEvent?.fingerprint ?? 0;
  return { ...after, eventFingerprint: fingerprint };
}
