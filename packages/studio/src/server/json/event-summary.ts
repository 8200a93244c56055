import type { CorruptEvent, MeshEvent } from "@syntha/core";
import type { EventSummary } from "../../api/index.ts";
import { previewOf } from "./preview.ts";

/** Bytes of data that are shown in full. */
const MAX_DATA = 65_536;

/** An event as the page shows it. */
export function toEventSummary(event: MeshEvent | CorruptEvent): EventSummary {
  const { id, type, author, topics } = event;
  const shown = { id, type, author, topics, at: event.at.toISOString() };
  if ("error" in event) return { ...shown, preview: "", bytes: 0, unreadable: event.error.message };
  const preview = previewOf(event.data);
  return { ...shown, ...preview, data: preview.bytes <= MAX_DATA ? event.data : undefined };
}
