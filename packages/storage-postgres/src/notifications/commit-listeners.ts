/** Who in this process wants to hear of commits, by tenant. */
export class CommitListeners {
  readonly #listeners = new Map<string, Set<() => void>>();
  /** Called when the first one comes, and when the last one goes. */
  readonly #onNeededChange: (isNeeded: boolean) => void;

  constructor(whenNeeded: (isNeeded: boolean) => void) {
    this.#onNeededChange = whenNeeded;
  }

  get isNeeded(): boolean {
    return this.#listeners.size > 0;
  }

  get tenants(): readonly string[] {
    return [...this.#listeners.keys()];
  }

  add(tenant: string, ring: () => void): () => void {
    let rings = this.#listeners.get(tenant);
    if (rings === undefined) this.#listeners.set(tenant, (rings = new Set()));
    rings.add(ring);
    this.#onNeededChange(true);
    return () => {
      rings.delete(ring);
      if (rings.size > 0 || this.#listeners.get(tenant) !== rings) return;
      this.#listeners.delete(tenant);
      if (this.#listeners.size === 0) this.#onNeededChange(false);
    };
  }

  notify(tenant: string): void {
    for (const ring of this.#listeners.get(tenant) ?? []) ring();
  }

  notifyAll(): void {
    for (const rings of this.#listeners.values()) for (const ring of rings) ring();
  }
}
