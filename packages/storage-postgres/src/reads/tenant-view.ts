import type { Clock, Snapshot } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf, type Tenant, TENANT_WIDTH, toTenant } from "../tables/tenants.ts";

const EMPTY: Answer = { command: "SELECT", count: 0, rows: [] };

/**
 * A tenant in one snapshot, from which more can be read. Reads of a tenant that does not exist return nothing, although
 * there may be rows with its name while it is being loaded.
 */
export class TenantView {
  readonly tables: Tables;
  readonly name: string;
  readonly tenant: Tenant;
  readonly snapshot: Snapshot;
  /** Undefined if the tenant does not exist. */
  readonly #transaction: Transaction | undefined;

  /** Reads the tenant and the answers to `calls`, in one round trip if the tenant exists. */
  static async open(
    tables: Tables,
    name: string,
    transaction: Transaction,
    clock: Clock | undefined,
    calls: readonly Call[] = [],
  ): Promise<readonly [TenantView, ...Answer[]]> {
    const [found, ...answers] = await transaction.run([call(tables.tenants.find, name), ...calls]);
    const row = found?.rows[0];
    if (row === undefined) {
      // No row has returned the server's time.
      const time = clock?.() ?? (await transaction.one(call(tables.tenants.clock))).rows[0]?.[0];
      const view = new TenantView(tables, name, undefined, emptyTenant(), time as number);
      return [view, ...calls.map(() => EMPTY)];
    }
    const time = clock?.() ?? (row[TENANT_WIDTH] as number);
    return [new TenantView(tables, name, transaction, toTenant(row), time), ...answers];
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
    return this.#transaction?.one(each) ?? EMPTY;
  }
}
