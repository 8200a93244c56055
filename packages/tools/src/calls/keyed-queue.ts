/**
 * Runs the tasks of each run one after the other, in the order in which they were added: a model that writes and then
 * reads in one message finds what it wrote. A failed task does not block the next one.
 */
export class KeyedQueue {
  readonly #last = new WeakMap<object, Promise<unknown>>();

  /** @param run any object that identifies the run; tasks without one belong to one run */
  next<T>(run: object | undefined, begin: () => Promise<T>): Promise<T> {
    const key = run ?? this;
    const before = this.#last.get(key);
    const turn = before === undefined ? begin() : before.then(begin, begin);
    this.#last.set(key, turn);
    return turn;
  }
}
