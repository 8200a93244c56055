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
}

/** Merges the first `size` elements of each bucket. A bucket with that many may have more after them. */
export function mergeBuckets<T>(
  found: readonly BucketElement<T>[],
  size: number,
  compare: (a: T, b: T) => number,
): MergedBuckets<T> {
  const sorted = [...found].sort((a, b) => compare(a.element, b.element));
  const edge = [...Map.groupBy(sorted, ({ bucket }) => bucket).values()]
    .filter((bucket) => bucket.length === size)
    .map((bucket) => (bucket.at(-1) as BucketElement<T>).element)
    .sort(compare)[0];
  const elements = sorted
    .map(({ element }) => element)
    .filter(
      (element, at, all) =>
        (at === 0 || compare(element, all[at - 1] as T) !== 0) &&
        (edge === undefined || compare(element, edge) <= 0),
    );
  return { elements, edge };
}
