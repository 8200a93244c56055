/** What stands in the log's order. */
interface Placed {
  readonly position: number;
}

/** Lines in their order: added at the end, taken from the front, found by position; each for what it costs alone. */
export class LineQueue<L extends Placed> {
  #lines: L[] = [];
  /** Lines in front that were taken. */
  #taken = 0;

  get length(): number {
    return this.#lines.length - this.#taken;
  }

  at(index: number): L | undefined {
    return this.#lines[this.#taken + index];
  }

  slice(from: number, to: number): L[] {
    return this.#lines.slice(this.#taken + from, this.#taken + to);
  }

  add(line: L): void {
    this.#lines.push(line);
  }

  /** Takes the lines up to a position away, and gives them. */
  takeTo(position: number): L[] {
    const count = this.firstAt(position + 1);
    const lines = this.slice(0, count);
    this.#taken += count;
    // What was taken is let go of when it is more than what is left, so that moving the rest costs little.
    if (this.#taken > this.length) {
      this.#lines = this.#lines.slice(this.#taken);
      this.#taken = 0;
    }
    return lines;
  }

  /** The index of the first line at a position or behind it. */
  firstAt(position: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.at(middle) as L).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
