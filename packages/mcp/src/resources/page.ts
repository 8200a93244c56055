import type { Page } from "@syntha/core";

/** Entries in a page. */
export const PAGE_ENTRIES = 100;

/** Characters of JSON in a page; one entry may exceed them. */
const PAGE_CHARACTERS = 256 * 1024;

const FIRST_BATCH = 16;

/** A part of a listing. */
export interface Batch<T> {
  readonly entries: readonly T[];
  /** Undefined at the end of the listing. */
  readonly nextPage: Page | undefined;
}

/** How many of these entries fit; at least one. */
export function countFitting(entries: readonly unknown[]): number {
  return countWithin(entries, PAGE_CHARACTERS, true);
}

/**
 * Reads the entries of a listing that fit a page. If a batch does not fit completely, its fitting part is read again: the
 * page token that comes with it is exactly after the last entry returned.
 */
export async function readPage<T>(
  page: Page | undefined,
  read: (limit: number, page: Page | undefined) => Promise<Batch<T>>,
): Promise<Batch<T>> {
  const entries: T[] = [];
  let characters = PAGE_CHARACTERS;
  for (let from = page, limit = FIRST_BATCH; ;) {
    const batch = await read(limit, from);
    const fitting = countWithin(batch.entries, characters, entries.length === 0);
    if (fitting < batch.entries.length) {
      if (fitting === 0) return { entries, nextPage: from };
      const part = await read(fitting, from);
      return { entries: [...entries, ...part.entries], nextPage: part.nextPage };
    }
    entries.push(...batch.entries);
    from = batch.nextPage;
    if (from === undefined || entries.length >= PAGE_ENTRIES) return { entries, nextPage: from };
    for (const entry of batch.entries) characters -= JSON.stringify(entry).length;
    limit = Math.min(limit * 2, PAGE_ENTRIES - entries.length);
  }
}

function countWithin(entries: readonly unknown[], characters: number, isFirst: boolean): number {
  let remaining = characters;
  let count = 0;
  for (const entry of entries) {
    remaining -= JSON.stringify(entry).length;
    if (remaining < 0 && !(isFirst && count === 0)) break;
    count++;
  }
  return count;
}
