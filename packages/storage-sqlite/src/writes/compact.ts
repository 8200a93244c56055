import {
  type Aged,
  type CompactRequest,
  type CompactResult,
  eventFingerprint,
  FULL_AFTER_MS,
  isEventPurgeable,
  isPurgeable,
  isPastLogRetention,
  type Step,
  planCompactionStep,
} from "@syntha/core/storage";
import { commitIdAt } from "../reads/positions.ts";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";

/** Whether a step would remove anything, and where the floor is: a look that needs no lock. */
export function isCompactionDue(
  tables: Tables,
  task: CompactRequest,
  clock: number,
): { readonly floor: number; readonly due: boolean } {
  const tenant = tables.tenants.find(task.tenantId);
  if (tenant === undefined) return { floor: 0, due: false };
  const { floor } = tenant;
  const now = Math.max(clock, tenant.now);
  const look = { ...task, limit: 1 };
  const due =
    nextForgotten(tables, look, tenant, now) !== undefined ||
    nextThinned(tables, look, tenant, now) !== undefined ||
    firstForgottenEvent(tables, task, tenant, now) ||
    tables.rates.hasFull(tenant.id, now - FULL_AFTER_MS);
  return { floor, due };
}

/** One step of a compaction, inside a write transaction. */
export function compact(tables: Tables, task: CompactRequest, clock: number): CompactResult {
  const tenant = tables.tenants.find(task.tenantId);
  if (tenant === undefined) return { floor: 0, removed: 0, more: false };
  const now = Math.max(clock, tenant.now);
  const before = tenant.floor;
  const all = nextForgotten(tables, task, tenant, now);
  if (all !== undefined) {
    if (all.to > tenant.floor) raiseFloor(tables, tenant, all.to);
    tenant.historyFloor = all.to;
  }
  let removed = all === undefined ? 0 : tables.log.removeTo(tenant.id, all.to);
  // What goes for good is not held for histories first.
  const thin = all?.more ? undefined : nextThinned(tables, task, tenant, now);
  if (thin !== undefined) {
    const from = tenant.floor;
    raiseFloor(tables, tenant, thin.to);
    removed += tables.log.removeExceptHistory(tenant.id, from, thin.to);
  }
  tenant.logEntries -= removed;
  if (tenant.floor > before) tables.subscriptions.removePast(tenant.id, tenant.floor);
  const events = removeEvents(tables, task, tenant, now);
  tables.rates.removeFull(tenant.id, now - FULL_AFTER_MS);
  tables.tenants.setFloors(tenant);
  const more = Boolean(all?.more || thin?.more || events.more);
  return { floor: tenant.floor, removed: removed + events.removed, more };
}

function nextForgotten(
  tables: Tables,
  task: CompactRequest,
  tenant: Tenant,
  now: number,
): Step | undefined {
  const { head, floor, historyFloor } = tenant;
  const standing = { head, floor, now };
  return next(tables, tenant, historyFloor, task.limit, (line) =>
    isPurgeable(task, standing, line),
  );
}

function nextThinned(
  tables: Tables,
  task: CompactRequest,
  tenant: Tenant,
  now: number,
): Step | undefined {
  const { head, floor } = tenant;
  const standing = { head, now };
  return next(tables, tenant, floor, task.limit, (line) =>
    isPastLogRetention(task, standing, line),
  );
}

/** Looks at one line before it reads many: mostly there is nothing to do. */
function next(
  { log }: Tables,
  { id }: Tenant,
  after: number,
  limit: number,
  goes: (line: Aged) => boolean,
): Step | undefined {
  const [oldest] = log.ages(id, after, 1);
  if (oldest === undefined || !goes(oldest)) return undefined;
  return planCompactionStep(log.ages(id, after, limit + 1), limit, goes);
}

function raiseFloor({ log }: Tables, tenant: Tenant, to: number): void {
  tenant.floorCommitId = commitIdAt(log, tenant, to) ?? 0;
  tenant.floorEntries = log.entriesAt(tenant.id, to);
  tenant.floor = to;
}

function firstForgottenEvent(
  { events }: Tables,
  task: CompactRequest,
  tenant: Tenant,
  now: number,
): boolean {
  const [oldest] = events.oldest(tenant.id, 1);
  const standing = { floor: tenant.floor, now };
  return oldest !== undefined && isEventPurgeable(task, standing, oldest, tenant.events - 1);
}

function removeEvents(
  tables: Tables,
  task: CompactRequest,
  tenant: Tenant,
  now: number,
): { removed: number; more: boolean } {
  const { events } = tables;
  if (!firstForgottenEvent(tables, task, tenant, now)) return { removed: 0, more: false };
  let removed = 0;
  for (const event of events.oldest(tenant.id, task.limit + 1)) {
    const standing = { floor: tenant.floor, now };
    if (!isEventPurgeable(task, standing, event, tenant.events - 1)) break;
    if (removed === task.limit) return { removed, more: true };
    events.remove(tenant.id, event);
    const { position, index } = event;
    tenant.lastRemovedEvent = { position, index, fingerprint: eventFingerprint(event) };
    tenant.events--;
    removed++;
  }
  return { removed, more: false };
}
