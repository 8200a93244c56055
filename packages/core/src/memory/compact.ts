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
  const all = planCompactionStep(log.oldest(limit + 1), limit, (entry) =>
    isPurgeable(task, { head, floor, now }, entry),
  );
  if (all !== undefined) removed += log.removeUpTo(all.to);
  // Entries that histories do not keep either are removed first.
  const rest = all?.more
    ? undefined
    : planCompactionStep(log.oldestLogged(limit + 1), limit, (entry) =>
        isPastLogRetention(task, { head, now }, entry),
      );
  if (rest !== undefined) removed += log.removeExceptHistory(rest.to);
  subscribed.removePast(log.floor);
  state.removeFullAllowances(now);
  let more = Boolean(all?.more || rest?.more);
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
