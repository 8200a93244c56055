import type { Tables } from "../tables/index.ts";
import { removeTenant } from "./drop-steps.ts";

export interface DropProgress {
  /** Whether the tenant existed, or was at the given progress of its loading. */
  readonly existed: boolean;
  /** Whether all rows are removed; otherwise the rest is hidden. */
  readonly isComplete: boolean;
}

/** Removes a tenant: all of a small one, the first rows of a large one. @param loading Only if its loading is at this progress. */
export function drop(tables: Tables, name: string, loading?: string): DropProgress {
  const { tenants } = tables;
  const loaded = tenants.findLoading(name);
  if (loading !== undefined && loaded?.loading !== loading)
    return { existed: false, isComplete: true };
  const tenant = loaded?.tenant ?? tenants.find(name);
  if (tenant !== undefined) return { existed: true, isComplete: removeTenant(tables, tenant.id) };
  const isDropping = tenants.findDropped(name) !== undefined;
  return { existed: isDropping, isComplete: !isDropping };
}
