import { bytesOf, type ItemRow, NO_USAGE, type Usage } from "@syntha/core/storage";
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

  replace(before: ItemRow | null, after: ItemRow | null): void {
    if (before !== null) this.#add(before, -1);
    if (after !== null) this.#add(after, 1);
  }

  write(): void {
    for (const agent of this.#changed) this.#table.set(this.#tenant.id, agent, this.of(agent));
    this.#changed.clear();
  }

  #add(row: ItemRow, by: 1 | -1): void {
    if (row.owner === null) return;
    const { items, bytes } = this.of(row.owner);
    this.#usages.set(row.owner, { items: items + by, bytes: bytes + by * bytesOf(row) });
    this.#changed.add(row.owner);
  }

  #countAll(): void {
    this.#tenant.hasUsage = true;
    this.#isNew = true;
    // A tenant that does not exist yet has no items.
    if (this.#tenant.id !== 0) this.#table.countAll(this.#tenant.id);
  }
}
