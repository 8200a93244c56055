import { checkLoad, type LoadRequest, type LoadResult } from "@syntha/core/storage";
import type { Connections } from "../connection/connections.ts";
import type { Tables } from "../tables/index.ts";
import { dropBatch, dropSteps } from "./drop-steps.ts";
import { writingTenant } from "./steps.ts";
import { TenantLoader } from "./tenant-loader.ts";
import { lockTenant } from "./tenant-lock.ts";

/**
 * Writes a page of records into a tenant that is not complete yet.
 * @throws UNKNOWN_OUTCOME when the connection is lost during the commit; the same request can be repeated
 */
export function load(
  connections: Connections,
  tables: Tables,
  request: LoadRequest,
  busyMs: number,
): Promise<LoadResult> {
  const { tenantId: name, header, progress, restart } = request;
  return writingTenant(connections, name, busyMs, async (transaction) => {
    const { tenant, isNew } = await lockTenant(tables, name, transaction, [], () => header.epoch);
    if (checkLoad(request, isNew ? undefined : tenant) === "repeat") return { loading: progress };
    if (restart && !isNew) {
      // A large tenant takes several transactions to delete, after which this one is repeated.
      await dropBatch(tables, name, transaction);
      throw dropSteps(tables, name);
    }
    await transaction.commit(await new TenantLoader(tables, request, transaction, tenant).load());
    return { loading: progress };
  });
}
