import { beingDropped } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import { StepsNeeded } from "./steps.ts";

/** Rows of each table that one transaction removes: few enough that each statement is short. */
const BATCH_ROWS = 1_000;

/**
 * Removes rows of a tenant that the transaction has locked, and commits. Returns whether nothing is left; otherwise the
 * tenant is then marked as being dropped.
 */
export async function removeTenant(
  tables: Tables,
  name: string,
  transaction: Transaction,
): Promise<boolean> {
  const removed = await transaction.run(
    tables.deletions.map((each) => call(each, name, BATCH_ROWS)),
  );
  const isGone = removed.every(({ count }) => count < BATCH_ROWS);
  await transaction.commit([call(isGone ? tables.tenants.remove : tables.tenants.hide, name)]);
  return isGone;
}

/** Removes what is left of a tenant that is being dropped; leaves any other alone. */
export function removalNeeded(tables: Tables, name: string): StepsNeeded {
  return new StepsNeeded(async (transaction) => {
    const { rows } = await transaction.one(call(tables.tenants.lockDropping, name));
    return rows.length === 0 || removeTenant(tables, name, transaction);
  }, beingDropped(name));
}
