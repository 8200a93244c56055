import type { Cursor, WatchChange } from "@syntha/core";
import type { LiveMessage } from "../../api/index.ts";
import { toEventSummary } from "../json/event-summary.ts";
import { toItemSummary } from "../json/item-summary.ts";
import { positionOf } from "./log-place.ts";

/** A change as streams send it, small enough to wait for a client. */
export interface SentChange {
  readonly message: Extract<LiveMessage, { readonly position: number }>;
  /** The position after it. */
  readonly cursor: Cursor;
}

/** A change that needs to be sent; the others concern the watch itself. */
export type ShownChange = Exclude<WatchChange, { type: "ready" | "lagged" }>;

export function toSentChange(change: ShownChange): SentChange {
  return { message: toMessage(change), cursor: change.cursor };
}

function toMessage(change: ShownChange): SentChange["message"] {
  const position = positionOf(change.cursor);
  switch (change.type) {
    case "put":
      return { type: "put", position, item: toItemSummary(change.item) };
    case "hide":
    case "delete":
    case "expire":
      return { type: change.type, position, key: change.key };
    case "event":
      return { type: "event", position, event: toEventSummary(change.event) };
    case "corrupt":
      return { type: "corrupt", position, key: change.key, error: change.error.message };
  }
}
