import { UNREGISTERED, type Unregistered } from "../protocol/methods.ts";

/**
 * Runs writes that may create a tenant. Mostly the tenant exists, and a write is one call. One that finds no tenant
 * registers it and is repeated; the writes that were made after it wait meanwhile, so that they keep their order.
 */
export class CreationQueue {
  /** For each tenant, writes that wait in the order in which they were made; the last one's end. */
  readonly #waiting = new Map<string, Promise<unknown>>();

  /**
   * @param write Makes the call without a registration.
   * @param create Registers the tenant and makes the call.
   */
  async run<T>(
    tenant: string,
    write: () => Promise<T | Unregistered>,
    create: () => Promise<T>,
  ): Promise<T> {
    if (!this.#waiting.has(tenant)) {
      const result = await write();
      if (result !== UNREGISTERED) return result;
    }
    return this.#enqueue(tenant, async () => {
      // The one before it may have created the tenant.
      const result = await write();
      return result === UNREGISTERED ? create() : result;
    });
  }

  #enqueue<T>(tenant: string, run: () => Promise<T>): Promise<T> {
    const before = this.#waiting.get(tenant) ?? Promise.resolve();
    const running = before.then(run);
    const last = running
      .catch(() => undefined)
      .then(() => {
        if (this.#waiting.get(tenant) === last) this.#waiting.delete(tenant);
      });
    this.#waiting.set(tenant, last);
    return running;
  }
}
