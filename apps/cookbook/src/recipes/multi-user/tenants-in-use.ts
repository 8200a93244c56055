import type { ContextMesh, TenantRegistry } from "@syntha/core";

/** Lets go of a tenant's mesh when nobody has used it for a while; the next request opens it again. */
export class TenantsInUse {
  readonly #registry: TenantRegistry;
  readonly #idleAfterMs: number;
  readonly #users = new Map<string, number>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(registry: TenantRegistry, idleAfterMs: number) {
    this.#registry = registry;
    this.#idleAfterMs = idleAfterMs;
  }

  /** Tenants whose meshes are held open. */
  get open(): string[] {
    return [...new Set([...this.#users.keys(), ...this.#timers.keys()])].toSorted();
  }

  /** Holds the tenant's mesh open for as long as the work takes. */
  async during<T>(tenant: string, work: (mesh: ContextMesh) => Promise<T>): Promise<T> {
    clearTimeout(this.#timers.get(tenant));
    this.#timers.delete(tenant);
    this.#users.set(tenant, (this.#users.get(tenant) ?? 0) + 1);
    try {
      return await work(this.#registry.mesh(tenant));
    } finally {
      this.#leave(tenant);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#registry.close();
  }

  #leave(tenant: string): void {
    const users = (this.#users.get(tenant) ?? 1) - 1;
    if (users > 0) {
      this.#users.set(tenant, users);
      return;
    }
    this.#users.delete(tenant);
    const release = (): void => {
      this.#timers.delete(tenant);
      this.#registry.release(tenant).catch((error: unknown) => console.error(error));
    };
    this.#timers.set(tenant, setTimeout(release, this.#idleAfterMs).unref());
  }
}
