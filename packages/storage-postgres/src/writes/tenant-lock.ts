import { newEpoch } from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import { DROPPING, type Tenant, toTenant } from "../tables/tenants.ts";
import { dropSteps } from "./drop-steps.ts";

/** A tenant whose row is locked: no other transaction writes to the tenant before this one ends. */
export interface LockedTenant {
  readonly tenant: Tenant;
  /** Whether this transaction created the tenant, so that no other one sees anything of it. */
  readonly isNew: boolean;
  /** Answers to the calls that were passed along, read under the lock. */
  readonly answers: readonly Answer[];
}

/**
 * Locks a tenant's row, in one round trip if it exists. Otherwise the row is created: the insertion waits for other
 * transactions that insert or delete it, and only the transaction that has the row may write or delete anything of the
 * tenant. If another process deletes the row between insertion and lock, both are repeated.
 * @param reads calls to answer under the lock
 * @param createEpoch called only for a new row
 * @throws StepsRequired for a tenant that is being dropped
 */
export async function lockTenant(
  tables: Tables,
  name: string,
  transaction: Transaction,
  reads: readonly Call[] = [],
  createEpoch: () => string = newEpoch,
): Promise<LockedTenant> {
  const calls = [call(tables.tenants.lock, name), ...reads];
  let [locked, ...answers] = await transaction.run(calls);
  let isNew = false;
  while (locked?.rows[0] === undefined) {
    const insert = call(tables.tenants.insert, name, createEpoch());
    const [inserted, ...repeated] = await transaction.run([insert, ...calls]);
    isNew = inserted?.count === 1;
    [locked, ...answers] = repeated;
  }
  const tenant = toTenant(locked.rows[0]);
  if (tenant.loading === DROPPING) throw dropSteps(tables, name);
  return { tenant, isNew, answers };
}
