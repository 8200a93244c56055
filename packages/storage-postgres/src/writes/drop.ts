import type { Connections } from "../connection/connections.ts";
import type { Tables } from "../tables/index.ts";
import { dropBatch, dropSteps } from "./drop-steps.ts";
import { runSteps, StepsRequired } from "./steps.ts";
import { lockTenant } from "./tenant-lock.ts";

/**
 * Deletes a tenant; returns whether it existed. A small tenant is deleted in one transaction. The first transaction of
 * several hides a larger one: if the call ends early, the next drop of the tenant or write to it deletes the rest.
 * @param ifLoading deletes the tenant only if its loading has this progress
 */
export async function drop(
  connections: Connections,
  tables: Tables,
  name: string,
  ifLoading?: string,
): Promise<boolean> {
  let existed = true;
  const isDeleted = await connections
    .writing(name, async (transaction) => {
      const { tenant, isNew } = await lockTenant(tables, name, transaction);
      existed = !isNew && (ifLoading === undefined || tenant.loading === ifLoading);
      return (ifLoading !== undefined && !existed) || dropBatch(tables, name, transaction);
    })
    .catch((error: unknown) => {
      if (error instanceof StepsRequired) return false;
      throw error;
    });
  if (!isDeleted) await runSteps(connections, name, dropSteps(tables, name));
  return existed;
}
