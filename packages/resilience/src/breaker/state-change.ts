import type { ErrorCode } from "@syntha/core";

/**
 * `closed` admits all calls; `open` refuses all calls until `halfOpenAfter` has elapsed; `half-open` admits one call at a
 * time, the probe; `isolated` refuses all calls until it is released.
 */
export type CircuitState = "closed" | "open" | "half-open" | "isolated";

/** A change of a circuit's state. */
export interface StateChange {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly at: Date;
  /** When an open circuit admits a probe; undefined in other states. */
  readonly retryAt: Date | undefined;
  /** The code of the failure that opened the circuit; undefined for other changes, and for errors other than SynthaError. */
  readonly code: ErrorCode | undefined;
}

export type StateListener = (change: StateChange) => void;

/** Passes each change to all listeners, in order, including changes that a listener causes. */
export class StateChangeEmitter {
  readonly #listeners = new Map<symbol, StateListener>();
  readonly #queue: StateChange[] = [];
  #isEmitting = false;

  /** Returns a function that removes the listener. */
  add(listener: StateListener): () => void {
    const id = Symbol("listener");
    this.#listeners.set(id, listener);
    return () => void this.#listeners.delete(id);
  }

  emit(change: StateChange): void {
    this.#queue.push(change);
    if (this.#isEmitting) return;
    this.#isEmitting = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      // A copy: a listener that is added during the change receives the next one.
      const listeners = Array.from(this.#listeners.values());
      for (const listener of listeners) notify(listener, next);
    }
    this.#isEmitting = false;
  }
}

/** Ignores errors and rejections of a listener: they must not fail the call that changed the state. */
function notify(listener: (change: StateChange) => unknown, change: StateChange): void {
  try {
    const result = listener(change);
    if (result instanceof Promise) result.catch(() => {});
  } catch {}
}
