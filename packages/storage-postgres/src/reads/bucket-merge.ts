/** An element of a bucket, as one statement reads the first ones of many buckets. */
export interface BucketElement<T> {
  readonly bucket: string;
  readonly element: T;
}

/** What was read of some buckets: their elements in order, each once, complete up to the edge. */
export interface MergedBuckets<T> {
  readonly elements: readonly T[];
  /** The last element up to which nothing is missing; undefined when nothing follows at all. */
  readonly edge: T | undefined;
}

/** Merges the first `size` elements of each bucket, or all that it has. */
export function mergeBuckets<T>(
  found: readonly BucketElement<T>[],
  size: number,
  compare: (a: T, b: T) => number,
): MergedBuckets<T> {
  const edge = edgeOf(found, size, compare);
  const sorted = found.map(({ element }) => element).sort(compare);
  const elements = sorted.filter(
    (element, at) =>
      (at === 0 || compare(element, sorted[at - 1] as T) !== 0) &&
      (edge === undefined || compare(element, edge) <= 0),
  );
  return { elements, edge };
}

/** A bucket that gave all that was asked may hold more behind its last element. */
function edgeOf<T>(
  found: readonly BucketElement<T>[],
  size: number,
  compare: (a: T, b: T) => number,
): T | undefined {
  const buckets = Map.groupBy(found, ({ bucket }) => bucket);
  return [...buckets.values()]
    .filter((bucket) => bucket.length === size)
    .map(
      (bucket) =>
        bucket
          .map(({ element }) => element)
          .sort(compare)
          .at(-1) as T,
    )
    .sort(compare)[0];
}
