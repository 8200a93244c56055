import type { Item, ItemHeader, JsonValue } from "@syntha/core";
import { visibleJson } from "../fence/visible-json.ts";

/** How an item differs from what its reader was told of it before. */
export type ItemChange = "new" | "updated";

/** An item with its value, as one line. */
export function itemLine(item: Item, change?: ItemChange): string {
  return visibleJson({ ...label(item, change), value: item.value });
}

/** An item whose value is more than fits: that it is there, and at which revision. */
export function labelLine(item: ItemHeader, change?: ItemChange): string {
  return visibleJson({ ...label(item, change), omitted: "too_large" });
}

/** An item whose value is damaged where it is stored: that it is there, and at which revision. */
export function unreadableLine(item: ItemHeader, change?: ItemChange): string {
  return visibleJson({ ...label(item, change), omitted: "unreadable" });
}

/** An item that is there no more for its reader. */
export function removedLine(key: string): string {
  return visibleJson({ key, change: "gone" });
}

/** What the mesh vouches for; null stands for the system. */
function label(
  { key, author, revision, updatedAt, state }: ItemHeader,
  change: ItemChange | undefined,
): Record<string, JsonValue> {
  return {
    key,
    ...(change !== undefined && { change }),
    author: author ?? null,
    revision,
    ...((state === "done" || state === "failed") && { state }),
    updatedAt: toSeconds(updatedAt),
  };
}

/** `2030-01-01T00:00:00Z`: fewer tokens than with milliseconds. */
export function toSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
