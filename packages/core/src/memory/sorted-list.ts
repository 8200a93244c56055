/** Elements per block: small enough that an insertion in the middle moves little. */
const BLOCK = 256;

/**
 * A sorted list without doubles: blocks of sorted elements, so that inserting, deleting and finding cost little
 * whatever it holds, and reading on from a place costs what is read.
 */
export class SortedList<T> {
  #blocks: T[][] = [];
  readonly #compare: (a: T, b: T) => number;
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(element: T): void {
    const blocks = this.#blocks;
    const tail = blocks[blocks.length - 1];
    if (tail === undefined) {
      blocks.push([element]);
      this.#size++;
      return;
    }
    // What comes in order, as most keys and all log positions do, needs no search.
    if (this.#compare(tail[tail.length - 1] as T, element) < 0) {
      if (tail.length < BLOCK) tail.push(element);
      else blocks.push([element]);
      this.#size++;
      return;
    }
    const b = this.#blockOf(element);
    const block = blocks[b] as T[];
    const at = this.#lowerBound(block, element);
    if (at < block.length && this.#compare(block[at] as T, element) === 0) return;
    block.splice(at, 0, element);
    this.#size++;
    if (block.length > BLOCK) blocks.splice(b + 1, 0, block.splice(BLOCK >> 1));
  }

  delete(element: T): void {
    const b = this.#blockOf(element);
    const block = this.#blocks[b];
    if (block === undefined) return;
    const at = this.#lowerBound(block, element);
    if (at >= block.length || this.#compare(block[at] as T, element) !== 0) return;
    block.splice(at, 1);
    this.#size--;
    if (block.length === 0) this.#blocks.splice(b, 1);
  }

  /** Elements from the first that is not before `from` on; from the very first when it is undefined. */
  *from(from?: T): Generator<T> {
    if (this.#size === 0) return;
    let b = from === undefined ? 0 : this.#blockOf(from);
    let at = from === undefined ? 0 : this.#lowerBound(this.#blocks[b] as T[], from);
    for (; b < this.#blocks.length; b++, at = 0) {
      const block = this.#blocks[b] as T[];
      for (; at < block.length; at++) yield block[at] as T;
    }
  }

  /** The first block whose last element is not before the element; the last block when there is none. */
  #blockOf(element: T): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const block = this.#blocks[middle] as T[];
      if (this.#compare(block[block.length - 1] as T, element) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #lowerBound(block: readonly T[], element: T): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(block[middle] as T, element) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
