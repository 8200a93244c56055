import type { Room } from "./size.ts";

interface Batch<T, P> {
  readonly entries: readonly T[];
  /** Where the next batch begins; undefined when there is none. */
  readonly next: P | undefined;
}

/**
 * Reads a listing as far as its entries fit. When a batch does not fit whole, just what fits of it is read once more:
 * the place that comes with it is then exactly behind the last entry given.
 */
export async function fill<T, P>(
  room: Room,
  start: P | undefined,
  read: (count: number, from: P | undefined) => Promise<Batch<T, P>>,
  sizeOf: (entry: T) => number,
  most: { readonly first: number; readonly later: number },
): Promise<Batch<T, P>> {
  const entries: T[] = [];
  let place = start;
  for (let count = most.first, isLast = false; ;) {
    const batch = await read(count, place);
    const sizes = batch.entries.map(sizeOf);
    const fitting = room.countFitting(sizes);
    if (fitting < sizes.length) {
      if (fitting === 0) return { entries, next: place };
      [count, isLast] = [fitting, true];
      continue;
    }
    room.take(sizes);
    entries.push(...batch.entries);
    if (isLast || batch.next === undefined) return { entries, next: batch.next };
    place = batch.next;
    count = Math.min(count * 2, most.later);
  }
}
