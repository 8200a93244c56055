import { isSynthaError } from "../error/syntha-error.ts";
import type { Cursor } from "../log/cursor.ts";
import { toEvent } from "../view/event.ts";
import { toItem } from "../view/item.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { VisibleChange } from "./watch-filter.ts";
import type { WatchChange } from "./watch-change.ts";

/** A change, or in its place that it can't be read. */
export function orCorrupt(change: () => WatchChange, cursor: Cursor): WatchChange {
  try {
    return change();
  } catch (error) {
    if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
    return { type: "corrupt", key: error.details.key, error, cursor };
  }
}

/** What a reader is told of something that was sighted. */
export function toChange(
  seen: NonNullable<VisibleChange>,
  now: number,
  cursor: Cursor,
): WatchChange {
  switch (seen.type) {
    case "put":
      return { type: "put", item: toItem(seen.change.after as ItemRow, now), cursor };
    case "event":
      return { type: "event", event: toEvent(seen.event), cursor };
    default:
      return { type: seen.type, key: seen.key, cursor };
  }
}
