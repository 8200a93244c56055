/** Who in this process wants to hear of commits, by tenant. */
export class Bells {
  readonly #rings = new Map<string, Set<() => void>>();
  /** Called when the first one comes, and when the last one goes. */
  readonly #whenNeeded: (isNeeded: boolean) => void;

  constructor(whenNeeded: (isNeeded: boolean) => void) {
    this.#whenNeeded = whenNeeded;
  }

  get isNeeded(): boolean {
    return this.#rings.size > 0;
  }

  get tenants(): readonly string[] {
    return [...this.#rings.keys()];
  }

  add(tenant: string, ring: () => void): () => void {
    let rings = this.#rings.get(tenant);
    if (rings === undefined) this.#rings.set(tenant, (rings = new Set()));
    rings.add(ring);
    this.#whenNeeded(true);
    return () => {
      rings.delete(ring);
      if (rings.size > 0 || this.#rings.get(tenant) !== rings) return;
      this.#rings.delete(tenant);
      if (this.#rings.size === 0) this.#whenNeeded(false);
    };
  }

  ring(tenant: string): void {
    for (const ring of this.#rings.get(tenant) ?? []) ring();
  }

  ringAll(): void {
    for (const rings of this.#rings.values()) for (const ring of rings) ring();
  }
}
