import {
  type CompactRequest,
  type CompactResult,
  isEventPurgeable,
  isPurgeable,
  isPastLogRetention,
  planCompactionStep,
} from "../storage/compaction.ts";
import type { TenantState } from "./tenant-state.ts";

/** One step of a compaction. */
export function compact(state: TenantState, task: CompactRequest, now: number): CompactResult {
  const { log, events, subscribed } = state;
  const { limit } = task;
  const { head, floor } = log;
  let removed = 0;
  const all = planCompactionStep(log.oldest(limit + 1), limit, (line) =>
    isPurgeable(task, { head, floor, now }, line),
  );
  if (all !== undefined) removed += log.forgetTo(all.to);
  // What goes for good is not held for histories first.
  const thin = all?.more
    ? undefined
    : planCompactionStep(log.oldestLogged(limit + 1), limit, (line) =>
        isPastLogRetention(task, { head, now }, line),
      );
  if (thin !== undefined) removed += log.thinTo(thin.to);
  subscribed.forget(log.floor);
  state.forgetAllowances(now);
  let more = Boolean(all?.more || thin?.more);
  for (const [n, event] of events.oldest(limit + 1).entries()) {
    if (!isEventPurgeable(task, { floor: log.floor, now }, event, events.size - 1)) break;
    if (n === limit) {
      more = true;
      break;
    }
    events.remove(event);
    removed++;
  }
  return { floor: log.floor, removed, more };
}
