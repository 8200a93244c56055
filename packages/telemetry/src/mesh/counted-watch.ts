import type { Cursor, Watch, WatchChange } from "@syntha/core";

/** A watch that reports each change and its end. */
export class CountedWatch implements Watch {
  readonly #watch: Watch;
  readonly #onChange: (change: WatchChange) => void;
  #onEnd: (() => void) | undefined;

  constructor(watch: Watch, onChange: (change: WatchChange) => void, onEnd: () => void) {
    this.#watch = watch;
    this.#onChange = onChange;
    this.#onEnd = onEnd;
  }

  get cursor(): Cursor | undefined {
    return this.#watch.cursor;
  }

  async next(): Promise<IteratorResult<WatchChange, undefined>> {
    try {
      const result = await this.#watch.next();
      if (result.done) this.#end();
      else this.#onChange(result.value);
      return result;
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<WatchChange, undefined>> {
    this.#end();
    return this.#watch.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await this.#watch[Symbol.asyncDispose]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#onEnd?.();
    this.#onEnd = undefined;
  }
}
