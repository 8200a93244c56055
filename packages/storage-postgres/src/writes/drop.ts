import { newEpoch, beingDropped } from "@syntha/core/storage";
import type { Connections } from "../connections/connections.ts";
import { call } from "../connections/statement.ts";
import type { Transaction } from "../connections/transaction.ts";
import type { Sql } from "../tables/index.ts";
import { lockTenant, TenantBeingDropped } from "./tenant-lock.ts";

/** Rows of each table that one transaction removes: few enough that each statement is short. */
const STEP = 1_000;

/**
 * Removes everything of a tenant; returns whether there was anything. A small tenant goes in one transaction. A larger
 * one is hidden by the first and removed by several: a call that ends early leaves it hidden, and the next drop of, or
 * write to, the tenant removes the rest.
 * @param loading Removes the tenant only while its loading stands here.
 */
export async function drop(
  connections: Connections,
  sql: Sql,
  name: string,
  loading?: string,
): Promise<boolean> {
  let existed = true;
  try {
    const isGone = await connections.writing(name, async (transaction) => {
      const { tenant, isNew } = await lockTenant(sql, name, transaction, newEpoch());
      existed = !isNew;
      if (loading !== undefined && (isNew || tenant.loading !== loading)) {
        existed = false;
        return true;
      }
      return removeStep(sql, name, transaction);
    });
    if (!isGone) await removeRest(connections, sql, name);
  } catch (error) {
    if (!(error instanceof TenantBeingDropped)) throw error;
    await removeRest(connections, sql, name);
  }
  return existed;
}

/**
 * A transaction that writes to a tenant. Where the tenant is being dropped, removes the rest of it first.
 * @param patienceMs how long to remove
 * @throws UNAVAILABLE when that was not enough
 */
export async function writingTenant<T>(
  connections: Connections,
  sql: Sql,
  name: string,
  patienceMs: number,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connections.writing(name, work);
    } catch (error) {
      if (!(error instanceof TenantBeingDropped)) throw error;
      await removeRest(connections, sql, name, deadline);
    }
  }
}

/**
 * Removes up to `STEP` rows of each table of a tenant that the transaction has locked, and commits. Returns whether
 * nothing is left; otherwise the tenant is then marked as being dropped.
 */
export async function removeStep(
  sql: Sql,
  name: string,
  transaction: Transaction,
): Promise<boolean> {
  const removed = await transaction.run(sql.drop.map((each) => call(each, name, STEP)));
  const isGone = removed.every(({ count }) => count < STEP);
  await transaction.commit([call(isGone ? sql.tenant.remove : sql.tenant.hide, name)]);
  return isGone;
}

/** Removes what is left of a tenant that is being dropped; leaves any other alone. */
async function removeRest(
  connections: Connections,
  sql: Sql,
  name: string,
  deadline = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (let isGone = false; !isGone;) {
    if (performance.now() > deadline) throw beingDropped(name);
    isGone = await connections.writing(name, async (transaction) => {
      const { rows } = await transaction.one(call(sql.tenant.lockDropping, name));
      if (rows.length === 0) return true;
      return removeStep(sql, name, transaction);
    });
  }
}
