/** Passes values one by one: each `send` waits until the receiver asks for the next value. */
export class AsyncChannel<T> {
  #sent: { readonly value: T; readonly received: () => void } | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;

  /** Resolves when the receiver asks for the next value; to false when the channel is closed. */
  async send(value: T): Promise<boolean> {
    if (this.#isClosed) return false;
    await new Promise<void>((received) => {
      this.#sent = { value, received };
      this.#wake();
    });
    return !this.#isClosed;
  }

  /** Either side may close it. */
  close(): void {
    this.#isClosed = true;
    this.#sent?.received();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    while (!this.#isClosed) {
      if (this.#sent === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      const sent = this.#sent;
      if (sent === undefined) continue;
      yield sent.value;
      this.#sent = undefined;
      sent.received();
    }
  }
}
