import { bytesOf, type Change, type ItemRow, type Spending } from "@syntha/core/storage";
import { type Call, call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { TENANT_ITSELF } from "../tables/rates.ts";
import { rowCalls } from "./row-batches.ts";

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

  add(change: Change): void {
    if (change.type !== "put" && change.type !== "delete" && change.type !== "expire") return;
    if (change.before !== null) this.#add(change.before, -1);
    if (change.type === "put") this.#add(change.after, 1);
  }

  spend(spent: readonly Spending[]): void {
    for (const { of, allowance } of spent) this.#spent.set(of ?? TENANT_ITSELF, allowance);
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
        ...rowCalls(
          usage.add,
          this.#tenant,
          added.map(([agent, { items, bytes }]) => [agent, items, bytes]),
        ),
        ...rowCalls(rates.set, this.#tenant, spent),
      ],
      after: fewer.length === 0 ? [] : [call(usage.removeEmpty, this.#tenant, toArrayText(fewer))],
    };
  }

  #add(row: ItemRow, by: 1 | -1): void {
    if (row.owner === null) return;
    let added = this.#added.get(row.owner);
    if (added === undefined) this.#added.set(row.owner, (added = { items: 0, bytes: 0 }));
    added.items += by;
    added.bytes += by * bytesOf(row);
  }
}
