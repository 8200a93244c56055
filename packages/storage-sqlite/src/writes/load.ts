import { checkLoad, type LoadResult, type LoadRequest } from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant } from "../tables/tenants.ts";
import { dropSteps, removeTenant } from "./drop-steps.ts";
import { TenantLoader } from "./tenant-loader.ts";

/**
 * Writes a page of records into a tenant that is not complete yet; inside a write transaction. Undefined when what was
 * loaded before has to be removed first: this transaction is then kept, and the page is loaded again.
 */
export function load(tables: Tables, task: LoadRequest): LoadResult | undefined {
  const { tenantId: name, header, progress, restart } = task;
  if (tables.tenants.findDropped(name) !== undefined) throw dropSteps(name);
  const loading = tables.tenants.findLoading(name);
  const held = loading?.tenant ?? tables.tenants.find(name);
  const standing = held && { epoch: held.epoch, loading: loading?.loading ?? null };
  if (checkLoad(task, standing) === "repeat") return { loading: progress };
  if (held !== undefined && restart && !removeTenant(tables, held.id)) return undefined;
  const tenant =
    held === undefined || restart
      ? { ...emptyTenant(header.epoch), id: tables.tenants.insert(name, header.epoch) }
      : held;
  new TenantLoader(tables, name, tenant).load(task);
  return { loading: progress };
}
