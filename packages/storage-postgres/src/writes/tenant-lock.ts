import { type Call, type Answer, call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import { DROPPING, type Tenant, toTenant } from "../tables/tenants.ts";
import { removalNeeded } from "./removal.ts";

/** A tenant whose row a transaction has locked: no other transaction writes to the tenant before this one ends. */
export interface LockedTenant {
  readonly tenant: Tenant;
  /** Whether this transaction made the row: then nothing of the tenant is visible to others. */
  readonly isNew: boolean;
  /** Answers to the calls that came along, each read under the lock. */
  readonly answers: readonly Answer[];
}

/**
 * Locks a tenant's row, in one round trip where it exists. Where it does not, the row is made: inserting it waits for
 * other transactions that insert or delete it, and only a transaction that holds the row may write or remove anything of
 * the tenant. The row may vanish between the insertion and the lock, as another process dropped it: then both are
 * repeated.
 * @param epoch of the row that is made
 * @param reads calls to answer under the lock
 * @throws StepsNeeded for a tenant that is being dropped
 */
export async function lockTenant(
  tables: Tables,
  name: string,
  transaction: Transaction,
  epoch: string,
  reads: readonly Call[] = [],
): Promise<LockedTenant> {
  const calls = [call(tables.tenants.lock, name), ...reads];
  let [locked, ...answers] = await transaction.run(calls);
  let isNew = false;
  while (locked?.rows[0] === undefined) {
    const [made, ...again] = await transaction.run([
      call(tables.tenants.insert, name, epoch),
      ...calls,
    ]);
    isNew = made?.count === 1;
    [locked, ...answers] = again;
  }
  const tenant = toTenant(locked.rows[0]);
  if (tenant.loading === DROPPING) throw removalNeeded(tables, name);
  return { tenant, isNew, answers };
}
