import {
  type CompactTask,
  isEventForgotten,
  isForgotten,
  isLoggedNoMore,
  stepThrough,
} from "../storage/compaction.ts";
import type { MaintenanceResult } from "../storage/query.ts";
import type { TenantState } from "./tenant-state.ts";

/** One step of a compaction. */
export function compact(
  state: TenantState,
  task: CompactTask,
  now: number,
): MaintenanceResult<CompactTask> {
  const { log, happenings, subscribed } = state;
  const { limit } = task;
  const { head, floor } = log;
  let removed = 0;
  const all = stepThrough(log.oldest(limit + 1), limit, (line) =>
    isForgotten(task, { head, floor, now }, line),
  );
  if (all !== undefined) removed += log.forgetTo(all.to);
  // What goes for good is not held for histories first.
  const thin = all?.more
    ? undefined
    : stepThrough(log.oldestLogged(limit + 1), limit, (line) =>
        isLoggedNoMore(task, { head, now }, line),
      );
  if (thin !== undefined) removed += log.thinTo(thin.to);
  subscribed.forget(log.floor);
  state.forgetAllowances(now);
  let more = Boolean(all?.more || thin?.more);
  for (const [n, event] of happenings.oldest(limit + 1).entries()) {
    if (!isEventForgotten(task, { floor: log.floor, now }, event, happenings.size - 1)) break;
    if (n === limit) {
      more = true;
      break;
    }
    happenings.remove(event);
    removed++;
  }
  return { floor: log.floor, removed, more };
}
