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

/** Groups entries, which are in log order, by commit. */
export function* byCommit(entries: readonly LogEntry[]): Generator<readonly LogEntry[]> {
  for (let from = 0, to = 0; from < entries.length; from = to) {
    const { position } = entries[from] as LogEntry;
    while (entries[to]?.position === position) to++;
    yield entries.slice(from, to);
  }
}

/** Subscriptions after a commit, from those before it and its entries. */
export function subscribedAfter(
  actor: Actor,
  before: Subscribed,
  entries: readonly LogEntry[],
): Subscribed {
  let after: Set<string> | undefined;
  for (const { change } of entries) {
    if (change.type === "topicDeleted" && before.has(change.topic))
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
