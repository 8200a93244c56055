import { SynthaError } from "@syntha/core";
import { systemPause } from "@syntha/core/storage";

interface Queue {
  /** When the work that runs began; by `performance.now()`. */
  beganAt: number;
  /** Settles when all that was asked for has ended. */
  last: Promise<unknown>;
}

/**
 * Work that goes one after the other, by name: what would only wait for the same lock waits here, and holds no
 * connection. A wait ends with an error, as for a lock, once the running work takes longer than `busyTimeout`.
 */
export class KeyedQueue {
  readonly #waitMs: number;
  readonly #queues = new Map<string, Queue>();

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** @throws UNAVAILABLE when the work in front does not end in time */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(name) ?? { beganAt: 0, last: Promise.resolve() };
    const begin = (): Promise<T> => {
      queue.beganAt = performance.now();
      return work();
    };
    const before = queue.last;
    const isFirst = !this.#queues.has(name);
    const mine = isFirst ? begin() : this.#wait(queue, before).then(begin);
    const last = Promise.allSettled([before, mine]).then(() => {
      if (queue.last === last) this.#queues.delete(name);
    });
    queue.last = last;
    this.#queues.set(name, queue);
    return mine;
  }

  async #wait(queue: Queue, before: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const done = before.then(() => over.abort());
    for (let leftMs = this.#waitMs; leftMs > 0;) {
      await Promise.race([done, systemPause(leftMs, over.signal)]);
      if (over.signal.aborted) return;
      leftMs = queue.beganAt + this.#waitMs - performance.now();
    }
    over.abort();
    throw new SynthaError(
      "UNAVAILABLE",
      "Timed out waiting for an earlier write of this process to the tenant.",
      { hint: "Try again; write less at once, or raise `busyTimeout`." },
    );
  }
}
