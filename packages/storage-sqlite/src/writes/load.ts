import { checkLoad, type LoadResult, type LoadRequest } from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant } from "../tables/tenants.ts";
import { dropSteps, removeTenant } from "./drop-steps.ts";
import { TenantLoader } from "./tenant-loader.ts";

/**
 * Writes a page of records into a tenant that is being loaded; inside a write transaction. Returns undefined when it only
 * removed rows that were loaded before: commit the transaction, and load the page again.
 */
export function load(tables: Tables, request: LoadRequest): LoadResult | undefined {
  const { tenantId: name, header, progress, restart } = request;
  if (tables.tenants.findDropped(name) !== undefined) throw dropSteps(name);
  const loading = tables.tenants.findLoading(name);
  const existing = loading?.tenant ?? tables.tenants.find(name);
  const state = existing && { epoch: existing.epoch, loading: loading?.loading ?? null };
  if (checkLoad(request, state) === "repeat") return { loading: progress };
  if (existing !== undefined && restart && !removeTenant(tables, existing.id)) return undefined;
  const tenant =
    existing === undefined || restart
      ? { ...emptyTenant(header.epoch), id: tables.tenants.insert(name, header.epoch) }
      : existing;
  new TenantLoader(tables, name, tenant).load(request);
  return { loading: progress };
}
