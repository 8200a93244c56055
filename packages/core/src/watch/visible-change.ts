import { isSynthaError } from "../error/syntha-error.ts";
import type { CorruptChange, LogEntry, PriorAudience, StoredChange } from "../log/change.ts";
import type { Cursor } from "../log/cursor.ts";
import type { EventRow } from "../model/event-row.ts";
import type { ItemRow } from "../model/item-row.ts";
import { toEvent } from "../view/event.ts";
import { toItem } from "../view/item.ts";
import type { CommitSubscriptions, Subscribed } from "./commit-subscriptions.ts";
import type { WatchChange } from "./watch-change.ts";
import { matchesEvent, matchesItem, matchesKey, type WatchFilter } from "./watch-filter.ts";

/** What a watch shows of one log entry. */
export type VisibleChange =
  | { readonly type: "put"; readonly change: Extract<StoredChange, { type: "put" }> }
  | { readonly type: "hide" | "delete" | "expire"; readonly key: string }
  | { readonly type: "event"; readonly event: EventRow };

/**
 * R12 for one entry; undefined when the watch does not show it. A value is shown only if it was visible after its commit
 * and still is.
 * @param subscribed around the entry's commit
 * @param now subscriptions in the snapshot that the entry was read from
 */
export function visibleChange(
  filter: WatchFilter,
  { change, current, event }: LogEntry,
  { before, after }: CommitSubscriptions,
  now: Subscribed,
): VisibleChange | undefined {
  switch (change.type) {
    case "put": {
      const { key } = change;
      const wasVisible = change.before !== null && matchesItem(filter, key, change.before, before);
      if (!matchesItem(filter, key, change.after, after))
        return wasVisible ? { type: "hide", key } : undefined;
      const isStillVisible = current !== null && matchesItem(filter, key, current, now);
      return isStillVisible && change.after.value !== null ? { type: "put", change } : undefined;
    }
    case "delete":
    case "expire":
      return matchesItem(filter, change.key, change.before, before)
        ? { type: change.type, key: change.key }
        : undefined;
    case "event": {
      const isVisible =
        event !== null && matchesEvent(filter, event, after) && matchesEvent(filter, event, now);
      return isVisible ? { type: "event", event } : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * What a watch shows of a damaged entry; undefined when it concerns nothing that the watch shows. The key is included if
 * its item is visible now: who saw it at the time is not known.
 */
export function corruptView(
  filter: WatchFilter,
  { was, about }: CorruptChange,
  current: PriorAudience | null,
  { before, after }: CommitSubscriptions,
  now: Subscribed,
): { readonly key: string | null } | undefined {
  const isSystem = filter.actor === null;
  if (about === null) {
    if (was === "setPermissions" || was === "announce") return undefined;
    return isSystem || !isSame(before, after) ? { key: null } : undefined;
  }
  if (was === "lease" || !matchesKey(filter, about)) return undefined;
  if (isSystem && filter.topics === undefined) return { key: about };
  return { key: current !== null && matchesItem(filter, about, current, now) ? about : null };
}

function isSame(a: Subscribed, b: Subscribed): boolean {
  return a.size === b.size && [...a].every((topic) => b.has(topic));
}

/** @param now the storage's time @throws CORRUPT_DATA */
export function toWatchChange(visible: VisibleChange, now: number, cursor: Cursor): WatchChange {
  switch (visible.type) {
    case "put":
      return { type: "put", item: toItem(visible.change.after as ItemRow, now), cursor };
    case "event":
      return { type: "event", event: toEvent(visible.event), cursor };
    default:
      return { type: visible.type, key: visible.key, cursor };
  }
}

/** The change, or a `corrupt` one in its place if its value is damaged. */
export function orCorrupt(change: () => WatchChange, cursor: Cursor): WatchChange {
  try {
    return change();
  } catch (error) {
    if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
    return { type: "corrupt", key: error.details.key, error, cursor };
  }
}
