import { checkLoad, type Loaded, type LoadTask } from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant } from "../tables/tenants.ts";
import { removalNeeded, removeTenant } from "./removal.ts";
import { TenantLoader } from "./tenant-loader.ts";

/**
 * Writes a page of records into a tenant that is not complete yet; inside a write transaction. Undefined when what was
 * loaded before has to be removed first: this transaction is then kept, and the page is loaded again.
 */
export function load(tables: Tables, task: LoadTask): Loaded | undefined {
  const { tenant: name, header, progress, anew } = task;
  if (tables.tenants.findDropped(name) !== undefined) throw removalNeeded(name);
  const loading = tables.tenants.findLoading(name);
  const held = loading?.tenant ?? tables.tenants.find(name);
  const standing = held && { epoch: held.epoch, loading: loading?.loading ?? null };
  if (checkLoad(task, standing) === "repeat") return { loading: progress };
  if (held !== undefined && anew && !removeTenant(tables, held.id)) return undefined;
  const tenant =
    held === undefined || anew
      ? { ...emptyTenant(header.epoch), id: tables.tenants.insert(name, header.epoch) }
      : held;
  new TenantLoader(tables, name, tenant).load(task);
  return { loading: progress };
}
