/**
 * LangChain begins all calls of a message at once, and lets callbacks take their time before each. Here a call waits from
 * its beginning for those of its run before it, so that a model that pushes and then reads in one message reads what it
 * pushed. Runs don't wait for each other.
 */
export class Turns {
  readonly #last = new WeakMap<object, Promise<unknown>>();

  /** @param run any object that stands for the run; calls without one are one run */
  next<T>(run: object | undefined, begin: () => Promise<T>): Promise<T> {
    const key = run ?? this;
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(begin);
    this.#last.set(
      key,
      turn.catch(() => {}),
    );
    return turn;
  }
}
