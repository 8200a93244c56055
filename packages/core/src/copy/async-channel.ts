/** Hands things over one by one: whoever gives one waits until it is asked for the next. */
export class AsyncChannel<T> {
  #given: { readonly value: T; readonly taken: () => void } | undefined;
  #isOver = false;
  #wake: () => void = () => undefined;

  /** Settles when the next one is asked for; false when no more is wanted. */
  async give(value: T): Promise<boolean> {
    if (this.#isOver) return false;
    await new Promise<void>((taken) => {
      this.#given = { value, taken };
      this.#wake();
    });
    return !this.#isOver;
  }

  /** No more comes, or no more is wanted. */
  end(): void {
    this.#isOver = true;
    this.#given?.taken();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    while (!this.#isOver) {
      if (this.#given === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      const given = this.#given;
      if (given === undefined) continue;
      yield given.value;
      this.#given = undefined;
      given.taken();
    }
  }
}
