import type { KeepEvents, MaintenanceTask } from "./query.ts";

export type CompactTask = Extract<MaintenanceTask, { type: "compact" }>;

/** What a compaction is decided by. Lines and events are told from the oldest on, one after the other. */
interface Tenant {
  readonly head: number;
  readonly floor: number;
  /** The tenant's time. */
  readonly now: number;
}

/** A line of the log, or an event, as far as its age goes. */
export interface Aged {
  readonly position: number;
  /** Milliseconds of the storage's time; never less than that of the one before. */
  readonly at: number;
}

/** How far one step goes: whole commits, up to this position. */
export interface Step {
  readonly to: number;
  /** Whether the next commit would go too. */
  readonly more: boolean;
}

/**
 * Whether nobody wants a line any more: neither its key's history nor the log. What holds for one line holds for
 * every older one. Lines up to `floor` are not the log's any longer.
 */
export function isForgotten({ log, history }: CompactTask, tenant: Tenant, line: Aged): boolean {
  const { position } = line;
  return isLeft(history, tenant, line) && (position <= tenant.floor || isLeft(log, tenant, line));
}

/** Whether the log does not want a line any more; a key's history still may. */
export function isLoggedNoMore({ log }: CompactTask, tenant: Tenant, line: Aged): boolean {
  return isLeft(log, tenant, line);
}

/** Whether an event is kept no longer; `newer` tells how many came after it. Events that the log tells of stay. */
export function isEventForgotten(
  { events }: CompactTask,
  { floor, now }: Tenant,
  event: Aged,
  newer: number,
): boolean {
  if (events === undefined || event.position > floor) return false;
  const { count, ms } = events satisfies KeepEvents;
  return newer >= (count ?? 0) && (ms === undefined || event.at < now - ms);
}

/**
 * How far a step goes through `lines`, the next ones in their order: one more than `limit`, as far as there are. A
 * commit that has more lines than that goes whole. Undefined when there is nothing to go through.
 */
export function stepThrough(
  lines: readonly Aged[],
  limit: number,
  goes: (line: Aged) => boolean,
): Step | undefined {
  const first = lines[0];
  if (first === undefined || !goes(first)) return undefined;
  const last = lines.findLast(goes) as Aged;
  if (lines.length <= limit || last !== lines.at(-1)) return { to: last.position, more: false };
  const { position } = last;
  return { to: position === first.position ? position : position - 1, more: true };
}

function isLeft(keep: CompactTask["log"], { head, now }: Tenant, { position, at }: Aged): boolean {
  if (keep === undefined) return false;
  const { commits, ms } = keep;
  return position <= head - (commits ?? 0) && (ms === undefined || at < now - ms);
}
