import { newEpoch } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import type { Tables } from "../tables/index.ts";
import { removalNeeded, removeTenant } from "./removal.ts";
import { StepsNeeded, runSteps } from "./steps.ts";
import { lockTenant } from "./tenant-lock.ts";

/**
 * Removes everything of a tenant; returns whether there was anything. A small tenant goes in one transaction. A larger
 * one is hidden by the first and removed by several: a call that ends early leaves it hidden, and the next drop of, or
 * write to, the tenant removes the rest.
 * @param loading Removes the tenant only while its loading stands here.
 */
export async function drop(
  connections: Connections,
  tables: Tables,
  name: string,
  loading?: string,
): Promise<boolean> {
  let existed = true;
  const isGone = await connections
    .writing(name, async (transaction) => {
      const { tenant, isNew } = await lockTenant(tables, name, transaction, newEpoch());
      existed = !isNew && (loading === undefined || tenant.loading === loading);
      return (loading !== undefined && !existed) || removeTenant(tables, name, transaction);
    })
    .catch((error: unknown) => {
      if (error instanceof StepsNeeded) return false;
      throw error;
    });
  if (!isGone) await runSteps(connections, name, removalNeeded(tables, name));
  return existed;
}
