import type { StoredEntry } from "../log/change.ts";
import type { EventRow } from "../model/event-row.ts";
import {
  type DumpPage,
  type DumpRange,
  type TenantHeader,
  type TenantRecord,
  toEntryRecord,
} from "../storage/tenant-record.ts";
import { changedRecords } from "../storage/changed-records.ts";
import type { EndedSubscription } from "./subscriptions.ts";
import type { TenantState } from "./tenant-state.ts";

export function headerOf(state: TenantState): TenantHeader {
  const { epoch, log, events, recordedAt: now } = state;
  const { head, floor, floorEntries, historyFloor } = log;
  const [headCommitId, floorCommitId] = [log.commitIdAt(head) ?? 0, log.commitIdAt(floor) ?? 0];
  return {
    epoch,
    head,
    headCommitId,
    floor,
    floorCommitId,
    floorEntries,
    historyFloor,
    lastRemovedEvent: events.lastRemoved,
    now,
  };
}

/** A page of records, after a position that was checked. */
export function dump(
  state: TenantState,
  range: DumpRange,
  limit: number,
): Pick<DumpPage, "records" | "isLast"> {
  switch (range.section) {
    case "agents": {
      const names = state.agentsHolding(range.after);
      return take(
        names,
        limit,
        (name) => state.agentHolding(name),
        (name) => name === range.after,
      );
    }
    case "pastSubscriptions": {
      const past = state.subscribed.past(range.after);
      return take(past, limit, toPast, ({ agent, until, topic }) => {
        const { after } = range;
        return agent === after?.agent && until === after.until && topic === after.topic;
      });
    }
    case "items": {
      const keys = state.items.source("all")(range.after, limit + 1);
      return take(keys, limit, (key) => itemOf(state, key));
    }
    case "events": {
      const events = state.events.source("*")(range.after as EventRow | undefined, limit + 1);
      return take(events, limit, (event) => ({ type: "event", event }));
    }
    case "log": {
      const { after } = range;
      const place = after && { position: after.position, done: after.index + 1 };
      const [entries, more] = state.log.stored(place ?? "start", limit);
      return { records: entries.map(toEntryRecord), isLast: !more };
    }
    case "changes": {
      const [lines, more] = state.log.stored(range.after, limit);
      const changed = changedBy(state, lines, range.after.position);
      return { records: [...lines.map(toEntryRecord), ...changed], isLast: !more };
    }
  }
}

function* changedBy(
  state: TenantState,
  lines: readonly StoredEntry[],
  since: number,
): Generator<TenantRecord> {
  const { agents, keys, events } = changedRecords(lines, state.items.unloggedSince(since));
  for (const agent of agents) {
    yield state.agentHolding(agent);
    for (const past of state.subscribed.endedSince(agent, since)) yield toPast(past);
  }
  for (const key of keys) yield itemOf(state, key);
  for (const place of events) {
    const event = state.events.at(place);
    if (event !== undefined) yield { type: "event", event };
  }
}

function itemOf(state: TenantState, key: string): TenantRecord {
  return { type: "item", key, row: state.items.get(key) ?? null };
}

function toPast(past: EndedSubscription): TenantRecord {
  return { type: "pastSubscription", ...past };
}

/** Up to `limit` records, without the element of the previous page that `isPrevious` recognizes. */
function take<T, R>(
  source: Iterable<T>,
  limit: number,
  toRecord: (element: T) => R,
  isPrevious: (element: T) => boolean = () => false,
): { readonly records: readonly R[]; readonly isLast: boolean } {
  const records: R[] = [];
  for (const element of source) {
    if (isPrevious(element)) continue;
    if (records.length === limit) return { records, isLast: false };
    records.push(toRecord(element));
  }
  return { records, isLast: true };
}
