/** Who wants to hear of commits, by tenant. Those of other processes are found out by asking again and again. */
export class CommitNotifier {
  readonly #rings = new Map<string, Set<() => void>>();
  readonly #everyMs: number;
  readonly #keepsAlive: boolean;
  #version: (() => number) | undefined;
  #seen: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param keepsAlive Whether listeners keep the process alive: not where no other process can commit. */
  constructor(everyMs: number, keepsAlive: boolean) {
    this.#everyMs = everyMs;
    this.#keepsAlive = keepsAlive;
  }

  onCommit(tenant: string, ring: () => void): () => void {
    let rings = this.#rings.get(tenant);
    if (rings === undefined) this.#rings.set(tenant, (rings = new Set()));
    rings.add(ring);
    this.#watch();
    return () => {
      rings.delete(ring);
      if (rings.size > 0 || this.#rings.get(tenant) !== rings) return;
      this.#rings.delete(tenant);
      if (this.#rings.size === 0) this.#rest();
    };
  }

  notify(tenant: string): void {
    for (const ring of this.#rings.get(tenant) ?? []) ring();
  }

  /** Starts to ask: `version` gives a number that other connections' commits change. */
  start(version: () => number): void {
    this.#version = version;
    this.#watch();
  }

  /** Stops asking; who wants to hear stays on the list. */
  stop(): void {
    this.#rest();
    this.#version = undefined;
  }

  #watch(): void {
    if (this.#timer !== undefined || this.#version === undefined || this.#rings.size === 0) return;
    this.#seen = this.#ask();
    this.#timer = setInterval(() => this.#look(), this.#everyMs);
    if (!this.#keepsAlive) this.#timer.unref();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const version = this.#ask();
    // Also when it can't be asked any longer: a reader then gets the error.
    if (version === this.#seen) return;
    this.#seen = version;
    for (const rings of this.#rings.values()) for (const ring of rings) ring();
  }

  /** Undefined when the database can't be asked just now. */
  #ask(): number | undefined {
    try {
      return this.#version?.();
    } catch {
      return undefined;
    }
  }
}
