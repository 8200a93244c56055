import { systemPause } from "./pause.ts";

interface Queue {
  /** When the running task started, by `performance.now()`. */
  startedAt: number;
  /** Settles when every task that was added has settled. */
  last: Promise<unknown>;
}

export interface TaskTimeout {
  /** How long a task may run, in milliseconds, before the tasks that wait for it are rejected. */
  readonly ms: number;
  /** The error that they are rejected with. */
  readonly error: () => Error;
}

/**
 * Runs the tasks of each key one at a time, in the order in which they were added. The first one of a key starts
 * synchronously; a task that fails does not stop those after it.
 */
export class KeyedQueue<K> {
  readonly #queues = new Map<K, Queue>();
  readonly #timeout: TaskTimeout | undefined;

  /** @param timeout Default: a task waits as long as it takes. */
  constructor(timeout?: TaskTimeout) {
    this.#timeout = timeout;
  }

  run<T>(key: K, task: () => Promise<T>): Promise<T> {
    const waiting = this.#queues.get(key);
    const queue = waiting ?? { startedAt: 0, last: Promise.resolve() };
    const start = (): Promise<T> => {
      if (this.#timeout !== undefined) queue.startedAt = performance.now();
      return task();
    };
    const before = queue.last;
    const running = waiting === undefined ? start() : this.#turn(queue, before).then(start);
    const last = Promise.allSettled([before, running]).then(() => {
      if (queue.last === last) this.#queues.delete(key);
    });
    queue.last = last;
    this.#queues.set(key, queue);
    return running;
  }

  async #turn(queue: Queue, before: Promise<unknown>): Promise<void> {
    if (this.#timeout === undefined) return void (await before);
    const { ms, error } = this.#timeout;
    const ended = new AbortController();
    const done = before.then(() => ended.abort());
    for (let leftMs = ms; leftMs > 0;) {
      await Promise.race([done, systemPause(leftMs, ended.signal)]);
      if (ended.signal.aborted) return;
      leftMs = queue.startedAt + ms - performance.now();
    }
    ended.abort();
    throw error();
  }
}
