import { corruptItems } from "../error/corrupt-data.ts";
import { isSynthaError, type SynthaError } from "../error/syntha-error.ts";
import { checkCallback } from "../options/check-kind.ts";
import { checkOptions, type KnownOptions } from "../options/known-options.ts";
import type { ItemRow } from "../model/item-row.ts";
import { type CorruptItem, toCorruptItem } from "../view/item.ts";

export interface ReadOptions {
  /**
   * Called with each item whose value is damaged where it is stored, without its value and with the error; the call then
   * returns the others. Default: the call rejects with CORRUPT_DATA.
   */
  onCorrupt?: ((item: CorruptItem) => void) | undefined;
}

export function checkReadOptions(options: ReadOptions, known: KnownOptions): void {
  checkOptions(options, known);
  checkCallback("onCorrupt", options.onCorrupt);
}

/** What can be read of rows, and the errors of the others. */
export function readable<R, V>(
  rows: readonly R[],
  read: (row: R) => V,
): { readonly found: V[]; readonly corrupt: [R, SynthaError<"CORRUPT_DATA">][] } {
  const found: V[] = [];
  const corrupt: [R, SynthaError<"CORRUPT_DATA">][] = [];
  for (const row of rows) {
    try {
      found.push(read(row));
    } catch (error) {
      if (!isSynthaError(error, "CORRUPT_DATA")) throw error;
      corrupt.push([row, error]);
    }
  }
  return { found, corrupt };
}

/** What can be read of items. @throws CORRUPT_DATA for the others, unless `onCorrupt` is given. */
export function readItems<V>(
  rows: readonly ItemRow[],
  now: number,
  read: (row: ItemRow) => V,
  { onCorrupt }: ReadOptions,
): V[] {
  const { found, corrupt } = readable(rows, read);
  if (corrupt.length === 0) return found;
  if (onCorrupt === undefined) throw corruptItems(corrupt.map(([, error]) => error));
  for (const [row, error] of corrupt) onCorrupt(toCorruptItem(row, now, error));
  return found;
}
