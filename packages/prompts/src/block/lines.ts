import type { Item, ItemHeader, JsonValue, MeshEvent } from "@syntha/core";
import type { OmittedItem, OmittedReason } from "../context/rendered-context.ts";
import { visibleJson } from "./visible-json.ts";

/** How an item differs from its last line in the conversation. */
export type ItemChange = "new" | "updated";

/** An item with its value. */
export function itemLine(item: Item, change?: ItemChange): string {
  return visibleJson({ ...itemLabel(item, change), ...failureOf(item), value: item.value });
}

/** An item without its value: it is too large for the block, or damaged in storage. */
export function omittedValueLine(
  item: ItemHeader,
  omitted: "too_large" | "unreadable",
  change?: ItemChange,
): string {
  return visibleJson({ ...itemLabel(item, change), omitted });
}

/** An item that the agent can no longer see. */
export function removedLine(key: string): string {
  return visibleJson({ key, change: "removed" });
}

export function eventLine(event: MeshEvent): string {
  return visibleJson({ ...eventLabel(event), data: event.data });
}

/** An event whose data is too large for the block. */
export function omittedDataLine(event: MeshEvent): string {
  return visibleJson({ ...eventLabel(event), omitted: "too_large" });
}

/** The number of omitted items by reason; undefined if nothing is omitted. `largeEvents` were too large without data. */
export function omittedLine(
  omitted: readonly OmittedItem[],
  more: boolean,
  largeEvents = 0,
): string | undefined {
  if (omitted.length + largeEvents === 0 && !more) return undefined;
  const counts: Partial<Record<OmittedReason, number>> =
    largeEvents === 0 ? {} : { too_large: largeEvents };
  for (const { reason } of omitted) counts[reason] = (counts[reason] ?? 0) + 1;
  return visibleJson({ omitted: counts, ...(more && { more }) });
}

/** At least as long as any `omittedLine` for this number of items. */
export function longestOmittedLine(items: number): string {
  const omitted = { budget: items, share: items, too_large: items, unreadable: items };
  return visibleJson({ omitted, more: true });
}

/** The fields that the mesh guarantees; an author of null is the system. */
function itemLabel(
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

/** Why the last attempt at a task failed, in the words of the agent that failed: not guaranteed by the mesh. */
function failureOf({ lastFailure }: ItemHeader): Record<string, JsonValue> {
  if (lastFailure === undefined) return {};
  const { message, agent, attempt } = lastFailure;
  return { lastFailure: { agent: agent ?? null, attempt, message } };
}

function eventLabel({ type, author, at }: MeshEvent): Record<string, JsonValue> {
  return { event: type, author: author ?? null, at: toSeconds(at) };
}

/** `2030-01-01T00:00:00Z`: fewer tokens than with milliseconds. */
function toSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
