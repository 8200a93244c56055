import type { EventRow } from "../model/event-row.ts";

/** A number other than 0 that distinguishes an event from one at the same position of another history. */
export function eventFingerprint({
  id,
  position,
  index,
  at,
}: Pick<EventRow, "id" | "position" | "index" | "at">): number {
  const text = `${position}.${index}.${at}.${id}`;
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}
