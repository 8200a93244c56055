/** Elements per block: few, so that an insertion in the middle moves little. */
const BLOCK = 128;

/**
 * A sorted list without duplicates, in blocks: inserting, deleting and finding cost little at any size, and iterating
 * costs only what is read.
 */
export class SortedList<T> {
  readonly #blocks: T[][] = [];
  /** The last element of each block, for searches. */
  readonly #lasts: T[] = [];
  readonly #compare: (a: T, b: T) => number;
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(element: T): void {
    const last = this.#blocks.length - 1;
    // Elements in order, such as many keys and all log positions, need no search.
    if (last < 0 || this.#compare(this.#lasts[last] as T, element) < 0) this.#append(element, last);
    else this.#insert(element);
  }

  delete(element: T): void {
    const b = this.#blockOf(element);
    const block = this.#blocks[b];
    if (block === undefined) return;
    const at = lowerBound(block, element, this.#compare);
    if (at >= block.length || this.#compare(block[at] as T, element) !== 0) return;
    block.splice(at, 1);
    this.#size--;
    if (block.length === 0) {
      this.#blocks.splice(b, 1);
      this.#lasts.splice(b, 1);
    } else {
      this.#lasts[b] = block[block.length - 1] as T;
    }
  }

  /** Elements from `from` on, inclusively, or from the first. */
  *from(from?: T): Generator<T> {
    if (this.#size === 0) return;
    let b = from === undefined ? 0 : this.#blockOf(from);
    let at = from === undefined ? 0 : lowerBound(this.#blocks[b] as T[], from, this.#compare);
    for (; b < this.#blocks.length; b++, at = 0) {
      const block = this.#blocks[b] as T[];
      for (; at < block.length; at++) yield block[at] as T;
    }
  }

  /** The last element up to `to`, inclusively. */
  lastUpTo(to: T): T | undefined {
    const b = this.#blockOf(to);
    const block = this.#blocks[b];
    if (block === undefined) return undefined;
    const at = lowerBound(block, to, this.#compare);
    if (at < block.length && this.#compare(block[at] as T, to) === 0) return block[at];
    return at > 0 ? block[at - 1] : this.#blocks[b - 1]?.at(-1);
  }

  #append(element: T, last: number): void {
    const block = this.#blocks[last];
    if (block === undefined || block.length >= BLOCK) {
      this.#blocks.push([element]);
      this.#lasts.push(element);
    } else {
      block.push(element);
      this.#lasts[last] = element;
    }
    this.#size++;
  }

  /** Inserts before the last element of a block, which remains its last. */
  #insert(element: T): void {
    const b = this.#blockOf(element);
    const block = this.#blocks[b] as T[];
    const at = lowerBound(block, element, this.#compare);
    if (this.#compare(block[at] as T, element) === 0) return;
    block.splice(at, 0, element);
    this.#size++;
    if (block.length <= BLOCK) return;
    const right = block.splice(BLOCK >> 1);
    this.#blocks.splice(b + 1, 0, right);
    this.#lasts.splice(b, 1, block[block.length - 1] as T, right[right.length - 1] as T);
  }

  /** The block to search: the first whose last element is not before the element, or the last block. */
  #blockOf(element: T): number {
    return Math.min(lowerBound(this.#lasts, element, this.#compare), this.#lasts.length - 1);
  }
}

/** The index of the element in a sorted array, or where it would be. */
function lowerBound<T>(sorted: readonly T[], element: T, compare: (a: T, b: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle] as T, element) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
