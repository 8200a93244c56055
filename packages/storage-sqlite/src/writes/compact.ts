import {
  type EntryAge,
  type CompactRequest,
  type CompactResult,
  eventFingerprint,
  FULL_AFTER_MS,
  isEventPurgeable,
  isPurgeable,
  isPastLogRetention,
  type CompactionStep,
  planCompactionStep,
} from "@syntha/core/storage";
import { commitIdAt } from "../reads/positions.ts";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";

/** Whether a compaction would remove anything, and the log's floor. It needs no lock. */
export function isCompactionDue(
  tables: Tables,
  request: CompactRequest,
  clock: number,
): { readonly floor: number; readonly isDue: boolean } {
  const tenant = tables.tenants.find(request.tenantId);
  if (tenant === undefined) return { floor: 0, isDue: false };
  const { floor } = tenant;
  const now = Math.max(clock, tenant.now);
  const first = { ...request, limit: 1 };
  const isDue =
    nextPurge(tables, first, tenant, now) !== undefined ||
    nextLogRemoval(tables, first, tenant, now) !== undefined ||
    isOldestEventPurgeable(tables, request, tenant, now) ||
    tables.rates.hasUnusedSince(tenant.id, now - FULL_AFTER_MS);
  return { floor, isDue };
}

/** One step of a compaction, inside a write transaction. */
export function compact(tables: Tables, request: CompactRequest, clock: number): CompactResult {
  const tenant = tables.tenants.find(request.tenantId);
  if (tenant === undefined) return { floor: 0, removed: 0, more: false };
  const now = Math.max(clock, tenant.now);
  const before = tenant.floor;
  const purge = nextPurge(tables, request, tenant, now);
  if (purge !== undefined) {
    if (purge.to > tenant.floor) raiseFloor(tables, tenant, purge.to);
    tenant.historyFloor = purge.to;
  }
  let removed = purge === undefined ? 0 : tables.log.removeTo(tenant.id, purge.to);
  // Entries to purge are not kept for histories first.
  const logOnly = purge?.more ? undefined : nextLogRemoval(tables, request, tenant, now);
  if (logOnly !== undefined) {
    const from = tenant.floor;
    raiseFloor(tables, tenant, logOnly.to);
    removed += tables.log.removeExceptHistory(tenant.id, from, logOnly.to);
  }
  tenant.logEntries -= removed;
  if (tenant.floor > before) tables.subscriptions.removePast(tenant.id, tenant.floor);
  const events = removeEvents(tables, request, tenant, now);
  tables.rates.removeUnusedSince(tenant.id, now - FULL_AFTER_MS);
  tables.tenants.setFloors(tenant);
  const more = Boolean(purge?.more || logOnly?.more || events.more);
  return { floor: tenant.floor, removed: removed + events.removed, more };
}

function nextPurge(
  tables: Tables,
  request: CompactRequest,
  tenant: Tenant,
  now: number,
): CompactionStep | undefined {
  const { head, floor, historyFloor } = tenant;
  const state = { head, floor, now };
  return next(tables, tenant, historyFloor, request.limit, (entry) =>
    isPurgeable(request, state, entry),
  );
}

function nextLogRemoval(
  tables: Tables,
  request: CompactRequest,
  tenant: Tenant,
  now: number,
): CompactionStep | undefined {
  const { head, floor } = tenant;
  const state = { head, now };
  return next(tables, tenant, floor, request.limit, (entry) =>
    isPastLogRetention(request, state, entry),
  );
}

/** Reads one entry before it reads many: mostly nothing is due. */
function next(
  { log }: Tables,
  { id }: Tenant,
  after: number,
  limit: number,
  isDue: (entry: EntryAge) => boolean,
): CompactionStep | undefined {
  const [oldest] = log.ages(id, after, 1);
  if (oldest === undefined || !isDue(oldest)) return undefined;
  return planCompactionStep(log.ages(id, after, limit + 1), limit, isDue);
}

function raiseFloor({ log }: Tables, tenant: Tenant, to: number): void {
  tenant.floorCommitId = commitIdAt(log, tenant, to) ?? 0;
  tenant.floorEntries = log.entriesAt(tenant.id, to);
  tenant.floor = to;
}

function isOldestEventPurgeable(
  { events }: Tables,
  request: CompactRequest,
  tenant: Tenant,
  now: number,
): boolean {
  const [oldest] = events.oldest(tenant.id, 1);
  const state = { floor: tenant.floor, now };
  return oldest !== undefined && isEventPurgeable(request, state, oldest, tenant.events - 1);
}

function removeEvents(
  tables: Tables,
  request: CompactRequest,
  tenant: Tenant,
  now: number,
): { removed: number; more: boolean } {
  const { events } = tables;
  if (!isOldestEventPurgeable(tables, request, tenant, now)) return { removed: 0, more: false };
  let removed = 0;
  for (const event of events.oldest(tenant.id, request.limit + 1)) {
    const state = { floor: tenant.floor, now };
    if (!isEventPurgeable(request, state, event, tenant.events - 1)) break;
    if (removed === request.limit) return { removed, more: true };
    events.remove(tenant.id, event);
    const { position, index } = event;
    tenant.lastRemovedEvent = { position, index, fingerprint: eventFingerprint(event) };
    tenant.events--;
    removed++;
  }
  return { removed, more: false };
}
