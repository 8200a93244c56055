import type { StateChange, StateListener } from "./circuit-state.ts";

/** Tells listeners of each change once, in order, also of those that a listener brings about. What they throw is dropped. */
export class Announcer {
  readonly #listeners = new Map<symbol, StateListener>();
  readonly #changes: StateChange[] = [];
  #isTelling = false;

  /** Returns how to stop it. */
  add(listener: StateListener): () => void {
    const own = Symbol("listener");
    this.#listeners.set(own, listener);
    return () => void this.#listeners.delete(own);
  }

  tell(change: StateChange): void {
    this.#changes.push(change);
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let next = this.#changes.shift(); next !== undefined; next = this.#changes.shift()) {
      // Who joins now hears of the next one.
      const listeners = Array.from(this.#listeners.values());
      for (const listener of listeners) hear(listener, next);
    }
    this.#isTelling = false;
  }
}

/** An async listener's rejection would end the process, too. */
function hear(listener: (change: StateChange) => unknown, change: StateChange): void {
  try {
    const heard = listener(change);
    if (heard instanceof Promise) heard.catch(() => {});
  } catch {
    // A listener's failure is its own: the call that it hears of goes on.
  }
}
