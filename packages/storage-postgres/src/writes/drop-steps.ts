import { beingDropped } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import { StepsRequired } from "./steps.ts";

/** The rows of each table that one transaction deletes, so that it holds the tenant's lock only briefly. */
const DROP_BATCH = 1_000;

/**
 * Deletes rows of a locked tenant and commits. Returns whether the tenant is deleted; otherwise it is now marked as being
 * dropped.
 */
export async function dropBatch(
  tables: Tables,
  name: string,
  transaction: Transaction,
): Promise<boolean> {
  const deleted = await transaction.run(
    tables.deletions.map((each) => call(each, name, DROP_BATCH)),
  );
  const isDeleted = deleted.every(({ count }) => count < DROP_BATCH);
  await transaction.commit([call(isDeleted ? tables.tenants.remove : tables.tenants.hide, name)]);
  return isDeleted;
}

/** Deletes what is left of a tenant that is being dropped, and no other tenant. */
export function dropSteps(tables: Tables, name: string): StepsRequired {
  return new StepsRequired(async (transaction) => {
    const { rows } = await transaction.one(call(tables.tenants.lockDropping, name));
    return rows.length === 0 || dropBatch(tables, name, transaction);
  }, beingDropped(name));
}
