/**
 * Lets what begins at once be done one after the other, as it began, for each run apart: a model that writes and then
 * reads in one message finds what it wrote. What fails holds up nothing behind it.
 */
export class Turns {
  readonly #last = new WeakMap<object, Promise<unknown>>();

  /** @param run any object that stands for the run; what has none is of one run */
  next<T>(run: object | undefined, begin: () => Promise<T>): Promise<T> {
    const key = run ?? this;
    const before = this.#last.get(key);
    const turn = before === undefined ? begin() : before.then(begin, begin);
    this.#last.set(key, turn);
    return turn;
  }
}
