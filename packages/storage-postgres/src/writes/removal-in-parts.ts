import { call, type Statement } from "../connections/statement.ts";
import type { Transaction } from "../connections/transaction.ts";

const AT_ONCE = 2_000;

/**
 * Removes rows by a statement that takes how many to remove behind the tenant, until none is left, in one transaction.
 * Returns how many.
 */
export async function removeInParts(
  transaction: Transaction,
  statement: Statement,
  tenant: string,
  ...values: readonly number[]
): Promise<number> {
  for (let removed = 0; ;) {
    const { count } = await transaction.one(call(statement, tenant, AT_ONCE, ...values));
    removed += count;
    if (count < AT_ONCE) return removed;
  }
}
