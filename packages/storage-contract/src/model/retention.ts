import type { ModelCommit, ModelEntry, ModelTenant } from "./state.ts";
import { timeOf } from "./visibility.ts";

/** What a compaction keeps: the last `commits`, or what is younger than `age`, whichever is more. */
export interface PlannedRetention {
  commits: number;
  age?: number;
}

interface RetentionByPart {
  log: PlannedRetention | undefined;
  history: PlannedRetention | undefined;
  events: PlannedRetention | undefined;
}

/** Entries of a commit that are retained: all in the log; before its floor, those of histories. */
export function retainedEntries(
  { floor, historyFloor }: ModelTenant,
  { position, entries }: ModelCommit,
): ModelEntry[] {
  if (position > floor) return entries;
  if (position <= historyFloor) return [];
  return entries.filter(({ type }) => type === "put" || type === "delete" || type === "expire");
}

/** Ids of all events ever published, in order. Compaction removes the first of them. */
export function publishedIds({ commits }: ModelTenant): string[] {
  return commits.flatMap(({ entries }) =>
    entries.flatMap((entry) => (entry.type === "event" ? [entry.id] : [])),
  );
}

/** Removes what is past retention; returns the floor and the number of entries and events removed. */
export function compact(
  model: ModelTenant,
  { log, history, events }: RetentionByPart,
  clock: number,
): { floor: number; removed: number } {
  const now = timeOf(model, clock);
  const held = (): number =>
    model.commits.flatMap((commit) => retainedEntries(model, commit)).length + model.events.length;
  const before = held();
  const isOld = (keep: PlannedRetention | undefined, at: number): boolean =>
    keep !== undefined && (keep.age === undefined || at < now - keep.age);
  const isUnwanted = (keep: PlannedRetention | undefined, { position, at }: ModelCommit): boolean =>
    isOld(keep, at) && position <= model.head - (keep?.commits ?? 0);
  const floor = model.commits.findLast((commit) => isUnwanted(log, commit))?.position ?? 0;
  const forgotten = model.commits.findLast(
    (commit) =>
      isUnwanted(history, commit) &&
      commit.position <= Math.max(floor, model.floor) &&
      retainedEntries(model, commit).length > 0,
  );
  model.historyFloor = Math.max(model.historyFloor, forgotten?.position ?? 0);
  model.floor = Math.max(model.floor, floor);
  const most = events?.commits ?? 0;
  model.events = model.events.filter(
    ({ position, at }, i) =>
      !isOld(events, at) || position > model.floor || i >= model.events.length - most,
  );
  return { floor: model.floor, removed: before - held() };
}
