/** A row of a statement that reads the first elements of several buckets. */
export interface BucketElement<T> {
  readonly bucket: string;
  readonly element: T;
}

export interface MergedBuckets<T> {
  /** The elements in order and without duplicates, complete up to the edge. */
  readonly elements: readonly T[];
  /** The last complete element; undefined if nothing follows. */
  readonly edge: T | undefined;
  /** The buckets that may have elements after the edge. */
  readonly open: readonly string[];
}

/** Merges the first `size` elements of each bucket. A bucket with that many may have more after them. */
export function mergeBuckets<T>(
  found: readonly BucketElement<T>[],
  size: number,
  compare: (a: T, b: T) => number,
): MergedBuckets<T> {
  const sorted = [...found].sort((a, b) => compare(a.element, b.element));
  const lasts = [...Map.groupBy(sorted, ({ bucket }) => bucket)].map(([bucket, all]) => ({
    bucket,
    last: (all.at(-1) as BucketElement<T>).element,
    isFull: all.length === size,
  }));
  const edge = lasts
    .filter(({ isFull }) => isFull)
    .map(({ last }) => last)
    .sort(compare)[0];
  const open = lasts
    .filter(({ isFull, last }) => isFull || (edge !== undefined && compare(last, edge) > 0))
    .map(({ bucket }) => bucket);
  const elements = sorted
    .map(({ element }) => element)
    .filter(
      (element, at, all) =>
        (at === 0 || compare(element, all[at - 1] as T) !== 0) &&
        (edge === undefined || compare(element, edge) <= 0),
    );
  return { elements, edge, open };
}
