import type { Cursor } from "@syntha/core";
import { parseCursor } from "@syntha/core/storage";

/** The commit that a cursor is at, or after. */
export function positionOf(cursor: Cursor): number {
  return parseCursor(cursor).position;
}

/** Whether a cursor is after another one of the same log. */
export function isAfter(cursor: Cursor, other: Cursor): boolean {
  const [a, b] = [parseCursor(cursor), parseCursor(other)];
  if (a.position !== b.position) return a.position > b.position;
  return entriesOf(a.done) > entriesOf(b.done);
}

function entriesOf(done: number | "all"): number {
  return done === "all" ? Infinity : done;
}
