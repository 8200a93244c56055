import type { Clock, Snapshot } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connections/statement.ts";
import type { Transaction } from "../connections/transaction.ts";
import type { Sql } from "../tables/index.ts";
import { noTenant, snapshotOf, TENANT_WIDTH, type Tenant, toTenant } from "../tables/tenant.ts";

/** One snapshot of a tenant, in which more can be read. */
export class View {
  readonly sql: Sql;
  readonly name: string;
  readonly tenant: Tenant;
  readonly snapshot: Snapshot;
  readonly #transaction: Transaction;

  /** The tenant, and answers to what is asked along with it, in one round trip. */
  static async open(
    sql: Sql,
    name: string,
    transaction: Transaction,
    clock: Clock | undefined,
    calls: readonly Call[] = [],
  ): Promise<readonly [View, ...Answer[]]> {
    const reads = [call(sql.tenant.find, name), ...calls];
    // Of a tenant that does not exist there is no row that could tell the server's time.
    if (clock === undefined) reads.push(call(sql.tenant.clock));
    const answers = await transaction.run(reads);
    const row = answers[0]?.rows[0];
    const time = clock?.() ?? ((row?.[TENANT_WIDTH] ?? answers.at(-1)?.rows[0]?.[0]) as number);
    const tenant = row === undefined ? noTenant() : toTenant(row);
    const view = new View(sql, name, transaction, tenant, time);
    return [view, ...answers.slice(1, 1 + calls.length)];
  }

  private constructor(
    sql: Sql,
    name: string,
    transaction: Transaction,
    tenant: Tenant,
    clock: number,
  ) {
    this.sql = sql;
    this.name = name;
    this.tenant = tenant;
    this.snapshot = snapshotOf(tenant, clock);
    this.#transaction = transaction;
  }

  run(calls: readonly Call[]): Promise<readonly Answer[]> {
    return this.#transaction.run(calls);
  }

  one(each: Call): Promise<Answer> {
    return this.#transaction.one(each);
  }
}
