import type { CorruptChange, LogEntry, StoredChange } from "../log/change.ts";
import type { Actor } from "../route/visibility.ts";

/** Topics that a watch's agent is subscribed to at some position; empty for the system. */
export type Subscribed = ReadonlySet<string>;

/** Subscriptions before and after the commit at a position. */
export interface CommitSubscriptions {
  readonly position: number;
  readonly before: Subscribed;
  readonly after: Subscribed;
}

/** The entry at an index and those that follow it in the same commit. */
export function restOfCommit(entries: readonly LogEntry[], from: number): readonly LogEntry[] {
  let to = from + 1;
  while (entries[to]?.position === entries[from]?.position) to++;
  return entries.slice(from, to);
}

/** Subscriptions after entries, which are in log order, from those before them. */
export function subscribedAfter(
  actor: Actor,
  before: Subscribed,
  entries: readonly LogEntry[],
): Subscribed {
  let after: Set<string> | undefined;
  for (const { change } of entries) {
    if (change.type === "topicDeleted" && (after ?? before).has(change.topic))
      (after ??= new Set(before)).delete(change.topic);
    if ((change.type !== "subscribe" && change.type !== "unsubscribe") || change.agent !== actor)
      continue;
    after ??= new Set(before);
    for (const topic of change.topics) after[change.type === "subscribe" ? "add" : "delete"](topic);
  }
  return after ?? before;
}

/** Whether a damaged entry may have changed subscriptions. */
export function mayChangeSubscriptions(change: StoredChange): change is CorruptChange {
  return (
    change.type === "corrupt" && ["subscribe", "unsubscribe", "topicDeleted"].includes(change.was)
  );
}
