import type { Clock, Snapshot } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connections/statement.ts";
import type { Transaction } from "../connections/transaction.ts";
import type { Sql } from "../tables/index.ts";
import { noTenant, snapshotOf, TENANT_WIDTH, type Tenant, toTenant } from "../tables/tenant.ts";

const NOTHING: Answer = { command: "SELECT", count: 0, rows: [] };

/**
 * One snapshot of a tenant, in which more can be read. Of a tenant that does not exist nothing is read: there may be
 * rows that carry its name, as it is being loaded.
 */
export class View {
  readonly sql: Sql;
  readonly name: string;
  readonly tenant: Tenant;
  readonly snapshot: Snapshot;
  /** Undefined when there is no such tenant. */
  readonly #transaction: Transaction | undefined;

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
    if (row === undefined)
      return [new View(sql, name, undefined, noTenant(), time), ...calls.map(() => NOTHING)];
    const view = new View(sql, name, transaction, toTenant(row), time);
    return [view, ...answers.slice(1, 1 + calls.length)];
  }

  private constructor(
    sql: Sql,
    name: string,
    transaction: Transaction | undefined,
    tenant: Tenant,
    clock: number,
  ) {
    this.sql = sql;
    this.name = name;
    this.tenant = tenant;
    this.snapshot = snapshotOf(tenant, clock);
    this.#transaction = transaction;
  }

  async one(each: Call): Promise<Answer> {
    return this.#transaction?.one(each) ?? NOTHING;
  }
}
