import type { Clock, Snapshot } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf, TENANT_WIDTH, type Tenant, toTenant } from "../tables/tenants.ts";

const NOTHING: Answer = { command: "SELECT", count: 0, rows: [] };

/**
 * One snapshot of a tenant, in which more can be read. Of a tenant that does not exist nothing is read: there may be
 * rows that carry its name, as it is being loaded.
 */
export class TenantSnapshot {
  readonly tables: Tables;
  readonly name: string;
  readonly tenant: Tenant;
  readonly snapshot: Snapshot;
  /** Undefined when there is no such tenant. */
  readonly #transaction: Transaction | undefined;

  /** The tenant, and answers to what is asked along with it, in one round trip. */
  static async open(
    tables: Tables,
    name: string,
    transaction: Transaction,
    clock: Clock | undefined,
    calls: readonly Call[] = [],
  ): Promise<readonly [TenantSnapshot, ...Answer[]]> {
    const reads = [call(tables.tenants.find, name), ...calls];
    // Of a tenant that does not exist there is no row that could tell the server's time.
    if (clock === undefined) reads.push(call(tables.tenants.clock));
    const answers = await transaction.run(reads);
    const row = answers[0]?.rows[0];
    const time = clock?.() ?? ((row?.[TENANT_WIDTH] ?? answers.at(-1)?.rows[0]?.[0]) as number);
    if (row === undefined)
      return [
        new TenantSnapshot(tables, name, undefined, emptyTenant(), time),
        ...calls.map(() => NOTHING),
      ];
    const view = new TenantSnapshot(tables, name, transaction, toTenant(row), time);
    return [view, ...answers.slice(1, 1 + calls.length)];
  }

  private constructor(
    tables: Tables,
    name: string,
    transaction: Transaction | undefined,
    tenant: Tenant,
    clock: number,
  ) {
    this.tables = tables;
    this.name = name;
    this.tenant = tenant;
    this.snapshot = snapshotOf(tenant, clock);
    this.#transaction = transaction;
  }

  async one(each: Call): Promise<Answer> {
    return this.#transaction?.one(each) ?? NOTHING;
  }
}
