/** Up to `limit` elements behind the one that `isAfter` knows, should that come first, and whether none follow. */
export function take<T, R>(
  source: Iterable<T>,
  limit: number,
  toRecord: (element: T) => R,
  isAfter: (element: T) => boolean = () => false,
): { readonly records: readonly R[]; readonly isLast: boolean } {
  const records: R[] = [];
  for (const element of source) {
    if (isAfter(element)) continue;
    if (records.length === limit) return { records, isLast: false };
    records.push(toRecord(element));
  }
  return { records, isLast: true };
}
