import { NO_USAGE, type Usage } from "@syntha/core/storage";
import type { Tenant } from "../tables/tenants.ts";
import type { Usages } from "../tables/usage.ts";

/**
 * What agents own, in a transaction; each changed agent is written once, at the end. A tenant's items are counted at the
 * first request, and from then on with every write.
 */
export class UsageCounts {
  readonly #table: Usages;
  readonly #tenant: Tenant;
  readonly #usages = new Map<string, Usage>();
  readonly #changed = new Set<string>();
  #isNew = false;

  constructor(table: Usages, tenant: Tenant) {
    this.#table = table;
    this.#tenant = tenant;
  }

  /** Whether this transaction made the first request. */
  get isNew(): boolean {
    return this.#isNew;
  }

  of(agent: string): Usage {
    if (!this.#tenant.hasUsage) this.#countAll();
    let usage = this.#usages.get(agent);
    if (usage === undefined)
      this.#usages.set(agent, (usage = this.#table.find(this.#tenant.id, agent) ?? NO_USAGE));
    return usage;
  }

  add(agent: string, added: Usage): void {
    const { items, bytes } = this.of(agent);
    this.#usages.set(agent, { items: items + added.items, bytes: bytes + added.bytes });
    this.#changed.add(agent);
  }

  write(): void {
    for (const agent of this.#changed) this.#table.set(this.#tenant.id, agent, this.of(agent));
    this.#changed.clear();
  }

  #countAll(): void {
    this.#tenant.hasUsage = true;
    this.#isNew = true;
    // A tenant that does not exist yet has no items.
    if (this.#tenant.id !== 0) this.#table.countAll(this.#tenant.id);
  }
}
