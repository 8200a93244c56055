import { call, type Statement } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";

const BATCH_ROWS = 2_000;

/**
 * Repeats a statement that deletes up to $2 rows until none is left, within one transaction. Returns their number.
 * @param values the parameters after $2
 */
export async function deleteInBatches(
  transaction: Transaction,
  statement: Statement,
  tenant: string,
  ...values: readonly number[]
): Promise<number> {
  for (let deleted = 0; ;) {
    const { count } = await transaction.one(call(statement, tenant, BATCH_ROWS, ...values));
    deleted += count;
    if (count < BATCH_ROWS) return deleted;
  }
}
