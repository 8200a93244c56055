import type { Tables } from "../tables/index.ts";
import { removeTenant } from "./drop-steps.ts";

export interface Dropped {
  /** Whether there was anything of the tenant, or of one whose loading stood where it should. */
  readonly existed: boolean;
  /** Whether nothing is left; otherwise what is left is hidden. */
  readonly isComplete: boolean;
}

/** Removes a tenant, or one whose loading stands here: all of a small one, the first rows of a large one. */
export function drop(tables: Tables, name: string, loading?: string): Dropped {
  const { tenants } = tables;
  const held = tenants.findLoading(name);
  if (loading !== undefined && held?.loading !== loading)
    return { existed: false, isComplete: true };
  const tenant = held?.tenant ?? tenants.find(name);
  if (tenant !== undefined) return { existed: true, isComplete: removeTenant(tables, tenant.id) };
  const isDropping = tenants.findDropped(name) !== undefined;
  return { existed: isDropping, isComplete: !isDropping };
}
