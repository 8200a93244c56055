import { beingDropped } from "@syntha/core/storage";
import { call } from "../connections/statement.ts";
import type { Transaction } from "../connections/transaction.ts";
import type { Sql } from "../tables/index.ts";
import { StepsNeeded } from "./steps.ts";

/** Rows of each table that one transaction removes: few enough that each statement is short. */
const AT_ONCE = 1_000;

/**
 * Removes rows of a tenant that the transaction has locked, and commits. Returns whether nothing is left; otherwise the
 * tenant is then marked as being dropped.
 */
export async function removeTenant(
  sql: Sql,
  name: string,
  transaction: Transaction,
): Promise<boolean> {
  const removed = await transaction.run(sql.drop.map((each) => call(each, name, AT_ONCE)));
  const isGone = removed.every(({ count }) => count < AT_ONCE);
  await transaction.commit([call(isGone ? sql.tenant.remove : sql.tenant.hide, name)]);
  return isGone;
}

/** Removes what is left of a tenant that is being dropped; leaves any other alone. */
export function removalNeeded(sql: Sql, name: string): StepsNeeded {
  return new StepsNeeded(async (transaction) => {
    const { rows } = await transaction.one(call(sql.tenant.lockDropping, name));
    return rows.length === 0 || removeTenant(sql, name, transaction);
  }, beingDropped(name));
}
