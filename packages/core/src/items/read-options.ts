import { corruptItems } from "../error/corrupt-data.ts";
import type { ItemRow } from "../model/item-row.ts";
import { checkCallback } from "../options/check-kind.ts";
import { checkOptions, type KnownOptions } from "../options/known-options.ts";
import { type CorruptItem, toCorruptItem } from "../view/item.ts";
import { readable } from "../view/readable.ts";

export interface ReadOptions {
  /**
   * Called with each item whose value is damaged where it is stored: without its value, and with the error. The call then
   * returns the others. Default: the call rejects with CORRUPT_DATA.
   */
  onCorrupt?: ((item: CorruptItem) => void) | undefined;
}

export function checkReadOptions(options: ReadOptions, known: KnownOptions): void {
  checkOptions(options, known);
  checkCallback("onCorrupt", options.onCorrupt);
}

/** @throws CORRUPT_DATA for damaged items, unless `onCorrupt` is given */
export function readItems<V>(
  rows: readonly ItemRow[],
  now: number,
  read: (row: ItemRow) => V,
  { onCorrupt }: ReadOptions,
): V[] {
  const { values, corrupt } = readable(rows, read);
  if (corrupt.length === 0) return values;
  if (onCorrupt === undefined) throw corruptItems(corrupt.map(([, error]) => error));
  for (const [row, error] of corrupt) onCorrupt(toCorruptItem(row, now, error));
  return values;
}
