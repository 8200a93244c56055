import {
  type EntryPosition,
  type EventFacts,
  eventFingerprint,
  type LogFacts,
  type LogPosition,
} from "@syntha/core/storage";
import type { Answer } from "../connection/statement.ts";
import { toEvent } from "../tables/events.ts";
import type { Tenant } from "../tables/tenants.ts";

/**
 * What a position in the log is checked against.
 * @param position the position to check
 * @param answer its commit's id, by `tables.log.commitIdAt`
 */
export function logFacts(tenant: Tenant, position: number, answer: Answer | undefined): LogFacts {
  const { epoch, head, floor, floorEntries, historyFloor } = tenant;
  return {
    epoch,
    head,
    floor,
    floorEntries,
    historyFloor,
    commitIdAt: (at) => commitIdAt(tenant, at, at === position ? answer : undefined),
  };
}

/** @param event the last event up to the position, by `tables.events.lastUpTo` */
export function eventFacts(
  tenant: Tenant,
  position: number,
  answer: Answer | undefined,
  event: Answer | undefined,
): EventFacts {
  return {
    ...logFacts(tenant, position, answer),
    lastRemovedEvent: tenant.removedEvent,
    // Core asks for the checked position only.
    eventFingerprintAt: () => fingerprintOf(event),
  };
}

export function fingerprintOf(event: Answer | undefined): number | undefined {
  const row = event?.rows[0];
  return row && eventFingerprint(toEvent(row));
}

/** The id of the commit at a position; `answer` is needed between the floor and the head. */
export function commitIdAt(
  tenant: Tenant,
  position: number,
  answer: Answer | undefined,
): number | undefined {
  if (position === tenant.floor) return tenant.floorCommitId;
  if (position === tenant.head) return tenant.headCommitId;
  return answer?.rows[0]?.[0] as number | undefined;
}

/** The position after an entry of the log. */
export function positionAfter(
  tenant: Tenant,
  { position, index }: EntryPosition,
  commitId: number,
): LogPosition {
  return { epoch: tenant.epoch, position, done: index + 1, commitId };
}
