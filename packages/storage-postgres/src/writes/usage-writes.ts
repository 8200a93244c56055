import type { CountEffects, Spending } from "@syntha/core/storage";
import { type Call, call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { TENANT_ITSELF } from "../tables/rates.ts";
import { insertCalls } from "./row-batches.ts";

/** Changes of what agents own and of what remains of rates, which the database does not have yet. */
export class UsageWrites {
  readonly #tables: Tables;
  readonly #tenant: string;
  readonly #added = new Map<string, { items: number; bytes: number }>();
  readonly #spent = new Map<string, Spending["allowance"]>();

  constructor(tables: Tables, tenant: string) {
    this.#tables = tables;
    this.#tenant = tenant;
  }

  add(usage: CountEffects["usage"]): void {
    for (const { agent, items, bytes } of usage) {
      const added = this.#added.get(agent);
      if (added === undefined) this.#added.set(agent, { items, bytes });
      else {
        added.items += items;
        added.bytes += bytes;
      }
    }
  }

  spend(spent: readonly Spending[]): void {
    for (const { owner, allowance } of spent) this.#spent.set(owner ?? TENANT_ITSELF, allowance);
  }

  /** `after` is called after all other writes, and deletes rows that have become empty. */
  take(): { readonly calls: readonly Call[]; readonly after: readonly Call[] } {
    const { usage, rates } = this.#tables;
    const added = [...this.#added].filter(([, { items, bytes }]) => items !== 0 || bytes !== 0);
    const fewer = added.filter(([, { items }]) => items < 0).map(([agent]) => agent);
    const spent = Array.from(this.#spent, ([of, { left, at }]) => [of, left, at]);
    this.#added.clear();
    this.#spent.clear();
    return {
      calls: [
        ...insertCalls(
          usage.add,
          this.#tenant,
          added.map(([agent, { items, bytes }]) => [agent, items, bytes]),
        ),
        ...insertCalls(rates.set, this.#tenant, spent),
      ],
      after: fewer.length === 0 ? [] : [call(usage.removeEmpty, this.#tenant, toArrayText(fewer))],
    };
  }
}
