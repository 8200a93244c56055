import type { CorruptChange, LogEntry, LoggedChange } from "../log/change.ts";
import { type Actor, isVisible } from "../route/visibility.ts";
import type { Audience } from "../route/route.ts";

/** What one watch is after, and with which eyes. */
export interface WatchFilter {
  readonly actor: Actor;
  readonly topics: ReadonlySet<string> | undefined;
  readonly keys: ReadonlySet<string> | undefined;
}

/** Topics that the reader was subscribed to at some moment. */
export type Subscribed = ReadonlySet<string>;

/** Whether something with this key and sight is in the watch's view; events have no key. */
export function matchesFilter(
  lens: WatchFilter,
  key: string | undefined,
  sight: Audience,
  subscribed: Subscribed,
): boolean {
  const { topics, keys } = lens;
  return (
    (keys === undefined || (key !== undefined && keys.has(key))) &&
    (topics === undefined || sight.topics.some((topic) => topics.has(topic))) &&
    isVisible(lens.actor, sight, (topic) => subscribed.has(topic))
  );
}

/** What a watch makes of one log entry. */
export type VisibleChange =
  | { readonly type: "put"; readonly change: Extract<LoggedChange, { type: "put" }> }
  | { readonly type: "hide" | "delete" | "expire"; readonly key: string }
  | {
      readonly type: "event";
      readonly event: NonNullable<Extract<LoggedChange, { type: "event" }>["event"]>;
    }
  | undefined;

/**
 * R12 for one entry: `before` and `after` are the subscriptions on both sides of its commit, `now` those of the
 * snapshot that the entry was read from. A value is shown to whom saw it then and still may.
 */
export function visibleChange(
  lens: WatchFilter,
  { change }: LogEntry,
  before: Subscribed,
  after: Subscribed,
  now: Subscribed,
): VisibleChange {
  switch (change.type) {
    case "put": {
      const saw = change.before !== null && matchesFilter(lens, change.key, change.before, before);
      if (!matchesFilter(lens, change.key, change.after, after))
        return saw ? { type: "hide", key: change.key } : undefined;
      const { current } = change;
      const stillSees = current !== null && matchesFilter(lens, change.key, current, now);
      return stillSees && change.after.value !== null ? { type: "put", change } : undefined;
    }
    case "delete":
    case "expire":
      return matchesFilter(lens, change.key, change.before, before)
        ? { type: change.type, key: change.key }
        : undefined;
    case "event": {
      const { event } = change;
      if (
        event === null ||
        !matchesFilter(lens, undefined, event, after) ||
        !matchesFilter(lens, undefined, event, now)
      )
        return undefined;
      return { type: "event", event };
    }
    default:
      return undefined;
  }
}

/** Whether a damaged entry may have changed what a reader is subscribed to. */
export function mayHideSubscriptions(change: LoggedChange): change is CorruptChange {
  return (
    change.type === "corrupt" && ["subscribe", "unsubscribe", "topicDeleted"].includes(change.was)
  );
}

/**
 * What a watch reports of a damaged entry; undefined when it concerns nothing that the watch shows. The key is named to a
 * reader that sees its item now: who saw it then is not known.
 */
export function corruptView(
  lens: WatchFilter,
  { was, about, current = null }: CorruptChange,
  before: Subscribed,
  after: Subscribed,
  now: Subscribed,
): { readonly key: string | null } | undefined {
  if (about === null) {
    const isOwn = was !== "setPermissions" && !isSame(before, after);
    return isOwn || (lens.actor === null && was !== "setPermissions") ? { key: null } : undefined;
  }
  if (was === "lease" || lens.keys?.has(about) === false) return undefined;
  if (lens.actor === null && lens.topics === undefined) return { key: about };
  return { key: current !== null && matchesFilter(lens, about, current, now) ? about : null };
}

function isSame(a: Subscribed, b: Subscribed): boolean {
  return a.size === b.size && [...a].every((topic) => b.has(topic));
}

/** Subscriptions behind a commit, from those before it and its entries. */
export function subscribedAfter(
  reader: Actor,
  before: Subscribed,
  entries: readonly LogEntry[],
): Subscribed {
  let after: Set<string> | undefined;
  for (const { change } of entries) {
    if (change.type === "topicDeleted" && before.has(change.topic))
      (after ??= new Set(before)).delete(change.topic);
    if ((change.type !== "subscribe" && change.type !== "unsubscribe") || change.agent !== reader)
      continue;
    after ??= new Set(before);
    for (const topic of change.topics) after[change.type === "subscribe" ? "add" : "delete"](topic);
  }
  return after ?? before;
}
