interface Positioned {
  readonly position: number;
}

/** Entries in log order: appended at the end, removed from the front, found by position. Each costs little. */
export class EntryQueue<E extends Positioned> {
  #entries: E[] = [];
  /** Entries at the front that were removed. */
  #removed = 0;

  get length(): number {
    return this.#entries.length - this.#removed;
  }

  at(index: number): E | undefined {
    return this.#entries[this.#removed + index];
  }

  slice(from: number, to: number): E[] {
    return this.#entries.slice(this.#removed + from, this.#removed + to);
  }

  add(entry: E): void {
    this.#entries.push(entry);
  }

  /** Removes and returns the entries up to a position. */
  takeUpTo(position: number): E[] {
    const count = this.firstAt(position + 1);
    const entries = this.slice(0, count);
    this.#removed += count;
    // Releases removed entries once they outnumber the rest, so that moving the rest costs little.
    if (this.#removed > this.length) {
      this.#entries = this.#entries.slice(this.#removed);
      this.#removed = 0;
    }
    return entries;
  }

  /** The index of the first entry at a position or later. */
  firstAt(position: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle) as E).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
