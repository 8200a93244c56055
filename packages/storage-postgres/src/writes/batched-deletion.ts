import { call, type Statement } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";

const BATCH_ROWS = 2_000;

/**
 * Removes rows by a statement that takes how many to remove behind the tenant, until none is left, in one transaction.
 * Returns how many.
 */
export async function deleteInBatches(
  transaction: Transaction,
  statement: Statement,
  tenant: string,
  ...values: readonly number[]
): Promise<number> {
  for (let removed = 0; ;) {
    const { count } = await transaction.one(call(statement, tenant, BATCH_ROWS, ...values));
    removed += count;
    if (count < BATCH_ROWS) return removed;
  }
}
