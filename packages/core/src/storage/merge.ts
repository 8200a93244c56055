/** Reads a bucket in order: up to `limit` elements after `after`, or from its start. */
export type Source<T> = (after: T | undefined, limit: number) => readonly T[];

type Compare<T> = (a: T, b: T) => number;

interface Head<T> {
  source: Source<T>;
  read: readonly T[];
  at: number;
  size: number;
}

/**
 * The union of buckets in order, without duplicates. Reads each bucket in growing batches, so that the cost depends on
 * the elements consumed and the number of buckets, not on the size of a bucket.
 */
export function* merge<T>(
  sources: readonly Source<T>[],
  compare: Compare<T>,
  after: T | undefined,
  limit: number,
): Generator<T> {
  const size = Math.max(4, Math.ceil((limit + 1) / Math.max(1, sources.length)));
  const order = (a: Head<T>, b: Head<T>): number => compare(a.read[a.at] as T, b.read[b.at] as T);
  const heap: Head<T>[] = [];
  for (const source of sources) {
    const read = source(after, size);
    if (read.length > 0) push(heap, { source, read, at: 0, size }, order);
  }
  let missing = limit + 1;
  let last: T | undefined;
  let lastHead: Head<T> | undefined;
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    const element = head.read[head.at] as T;
    advance(heap, head, element, missing, order);
    // A bucket has no duplicates.
    if (last === undefined || head === lastHead || compare(element, last) !== 0) {
      missing--;
      yield element;
    }
    last = element;
    lastHead = head;
  }
}

/** @param missing elements that the limit still allows, with the one that was taken; fewer than 1 where many are left out */
function advance<T>(
  heap: Head<T>[],
  head: Head<T>,
  taken: T,
  missing: number,
  order: Compare<Head<T>>,
): void {
  if (++head.at >= head.read.length) {
    const isLast = head.read.length < head.size;
    head.size = heap.length === 1 && missing > 1 ? missing : head.size * 2;
    head.read = isLast ? [] : head.source(taken, head.size);
    head.at = 0;
    if (head.read.length === 0) {
      const end = heap.pop() as Head<T>;
      if (end === head) return;
      heap[0] = end;
    }
  }
  sink(heap, order);
}

function push<T>(heap: Head<T>[], head: Head<T>, order: Compare<Head<T>>): void {
  let at = heap.push(head) - 1;
  for (let up = (at - 1) >> 1; at > 0 && order(head, heap[up] as Head<T>) < 0; up = (at - 1) >> 1) {
    heap[at] = heap[up] as Head<T>;
    at = up;
  }
  heap[at] = head;
}

function sink<T>(heap: Head<T>[], order: Compare<Head<T>>): void {
  const head = heap[0] as Head<T>;
  let at = 0;
  for (let down = 1; down < heap.length; down = at * 2 + 1) {
    if (down + 1 < heap.length && order(heap[down + 1] as Head<T>, heap[down] as Head<T>) < 0)
      down++;
    if (order(head, heap[down] as Head<T>) <= 0) break;
    heap[at] = heap[down] as Head<T>;
    at = down;
  }
  heap[at] = head;
}
