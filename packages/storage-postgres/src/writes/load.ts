import { checkLoad, type LoadResult, type LoadRequest } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import type { Tables } from "../tables/index.ts";
import { removalNeeded, removeTenant } from "./removal.ts";
import { writingTenant } from "./steps.ts";
import { TenantLoader } from "./tenant-loader.ts";
import { lockTenant } from "./tenant-lock.ts";

/**
 * Writes a page of records into a tenant that is not complete yet.
 * @throws UNKNOWN_OUTCOME when the connection is lost in the end: the same again does no harm
 */
export function load(
  connections: Connections,
  tables: Tables,
  task: LoadRequest,
  busyMs: number,
): Promise<LoadResult> {
  const { tenantId: name, header, progress, restart } = task;
  return writingTenant(connections, name, busyMs, async (transaction) => {
    const { tenant, isNew } = await lockTenant(tables, name, transaction, header.epoch);
    if (checkLoad(task, isNew ? undefined : tenant) === "repeat") return { loading: progress };
    if (restart && !isNew) {
      // In transactions of its own, as it may be large; then this one is done again.
      await removeTenant(tables, name, transaction);
      throw removalNeeded(tables, name);
    }
    await transaction.commit(await new TenantLoader(tables, task, transaction, tenant).load());
    return { loading: progress };
  });
}
