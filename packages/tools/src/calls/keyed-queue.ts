/** Runs the tasks of each key sequentially, in the order in which they were added. A failed task does not block the next. */
export class KeyedQueue {
  readonly #last = new WeakMap<object, Promise<unknown>>();

  /** @param key an object that identifies the queue; tasks without a key share one queue */
  next<T>(key: object | undefined, start: () => Promise<T>): Promise<T> {
    const previous = this.#last.get(key ?? this);
    const task = previous === undefined ? start() : previous.then(start, start);
    this.#last.set(key ?? this, task);
    return task;
  }
}
