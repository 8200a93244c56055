import { toSafeJson } from "./escape.ts";
import { preview } from "./json-view.ts";
import { truncate, widthOf } from "./width.ts";

/**
 * Two values, each on one line that is at most this wide. Where both begin alike and do not fit, most of that is left out,
 * so that the difference is in view.
 */
export function changePreviews(
  before: unknown,
  after: unknown,
  columns: number,
): readonly [before: string, after: string] {
  const whole = [preview(before, columns), preview(after, columns)] as const;
  const isScalar = typeof before === typeof after && typeof before !== "object";
  if (!isScalar || !whole.some((text) => text.endsWith("…"))) return whole;
  const [old, next] = [scalarText(before), scalarText(after)];
  const start = contextStart(old, commonLength(old, next), Math.floor(columns / 3));
  if (start === 0) return whole;
  const cut = (text: string): string =>
    typeof before === "string"
      ? `…${preview(text.slice(start), columns).slice(1)}`
      : `…${truncate(text.slice(start), columns - 1)}`;
  return [cut(old), cut(next)];
}

function scalarText(value: unknown): string {
  return typeof value === "string" ? value : toSafeJson(value);
}

/** How many characters both texts begin with, none of them half a character of the other. */
function commonLength(a: string, b: string): number {
  const least = Math.min(a.length, b.length);
  let length = 0;
  while (length < least && a[length] === b[length]) length++;
  return isWithinPair(a, length) || isWithinPair(b, length) ? length - 1 : length;
}

/** Where a text begins that ends at a place, and is at most this wide. */
function contextStart(text: string, end: number, columns: number): number {
  let start = end;
  while (start > 0 && end - start < columns) {
    const width = widthOf(toSafeJson(text.slice(start - 1, end)).slice(1, -1));
    if (width > columns) break;
    start--;
  }
  return isWithinPair(text, start) ? start + 1 : start;
}

function isWithinPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1)) && at > 0;
}
