import type { ItemRow } from "../model/item-row.ts";
import { byteLength } from "../text/byte-length.ts";

/** Items and bytes of a tenant or an agent. */
export interface Usage {
  readonly items: number;
  /** Bytes of UTF-8 of their keys and of the JSON text of their values. */
  readonly bytes: number;
}

export const NO_USAGE: Usage = { items: 0, bytes: 0 };

/** Bytes that an item counts for. */
export function bytesOf({ key, value }: Pick<ItemRow, "key" | "value">): number {
  return byteLength(key) + byteLength(value);
}

/** By how many bytes usage grows when `after` replaces `before`. */
export function bytesAdded(before: ItemRow | null, after: ItemRow | null): number {
  if (before !== null && after !== null)
    return before.value === after.value ? 0 : byteLength(after.value) - byteLength(before.value);
  if (after !== null) return bytesOf(after);
  return before === null ? 0 : -bytesOf(before);
}
