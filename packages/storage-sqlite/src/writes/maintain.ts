import type { CompactTask } from "@syntha/core/storage";
import { markAt } from "../reads/log-facts.ts";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";

/** Removes everything of a tenant; tells whether there was one. */
export function drop(tables: Tables, name: string): boolean {
  const tenant = tables.tenants.find(name);
  if (tenant !== undefined) tables.tenants.remove(tenant.id);
  return tenant !== undefined;
}

/** Removes the log up to where the task says; gives the floor, and whether it moved. */
export function compact(
  tables: Tables,
  task: CompactTask,
  clock: number,
): { readonly floor: number; readonly moved: boolean } {
  const tenant = tables.tenants.find(task.tenant);
  if (tenant === undefined || task.log === undefined)
    return { floor: tenant?.floor ?? 0, moved: false };
  const { commits: keep = 0, ms: keepMs } = task.log;
  const byCount = tenant.head - keep;
  const byAge =
    keepMs === undefined
      ? tenant.head
      : lastBefore(tables, tenant, Math.max(clock, tenant.now) - keepMs);
  const floor = Math.min(byCount, byAge);
  if (floor <= tenant.floor) return { floor: tenant.floor, moved: false };
  tenant.floorMark = markAt(tables.log, tenant, floor) ?? 0;
  tenant.floorEntries = tables.log.entriesAt(tenant.id, floor);
  tenant.floor = floor;
  tables.log.removeTo(tenant.id, floor);
  tables.subscriptions.forget(tenant.id, floor);
  tables.tenants.setFloor(tenant);
  return { floor, moved: true };
}

/** The last position that was written before a time: a tenant's time never goes back, so the log is in its order too. */
function lastBefore(tables: Tables, tenant: Tenant, time: number): number {
  let low = tenant.floor;
  let high = tenant.head;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tables.log.line(tenant.id, middle)?.at ?? 0) < time) low = middle;
    else high = middle - 1;
  }
  return low;
}
