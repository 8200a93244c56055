export type Unsubscribe = () => void;

/** Callbacks by key, such as the commit listeners of each tenant. */
export class KeyedListeners<K> {
  readonly #listeners = new Map<K, Set<() => void>>();
  readonly #onActiveChange: (isActive: boolean) => void;

  /** @param onActiveChange Called when the first listener is added, and when the last one is removed. */
  constructor(onActiveChange: (isActive: boolean) => void = () => undefined) {
    this.#onActiveChange = onActiveChange;
  }

  /** Whether there is any listener. */
  get isActive(): boolean {
    return this.#listeners.size > 0;
  }

  /** Keys that have a listener. */
  get keys(): readonly K[] {
    return [...this.#listeners.keys()];
  }

  add(key: K, listener: () => void): Unsubscribe {
    const { isActive } = this;
    let listeners = this.#listeners.get(key);
    if (listeners === undefined) this.#listeners.set(key, (listeners = new Set()));
    listeners.add(listener);
    if (!isActive) this.#onActiveChange(true);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(key) !== listeners) return;
      this.#listeners.delete(key);
      if (!this.isActive) this.#onActiveChange(false);
    };
  }

  emit(key: K): void {
    const listeners = this.#listeners.get(key);
    if (listeners !== undefined) callAll([...listeners]);
  }

  emitAll(): void {
    callAll([...this.#listeners.values()].flatMap((listeners) => [...listeners]));
  }
}

/** Listeners that are added meanwhile, also those that were removed before, are not called. */
function callAll(listeners: readonly (() => void)[]): void {
  for (const listener of listeners) listener();
}
