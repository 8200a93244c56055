import type { Tables } from "../tables/index.ts";
import { StepsNeeded } from "./steps-needed.ts";

/** Rows of each table that one transaction removes: few enough that nothing else waits long. */
const AT_ONCE = 500;

export interface Dropped {
  /** Whether there was anything of the tenant, or of one whose loading stood where it should. */
  readonly existed: boolean;
  /** Whether nothing is left; otherwise what is left is hidden. */
  readonly isGone: boolean;
}

/** Removes a tenant, or one whose loading stands here: all of a small one, the first rows of a large one. */
export function drop(tables: Tables, name: string, loading?: string): Dropped {
  const { tenants } = tables;
  const held = tenants.findLoading(name);
  if (loading !== undefined && held?.loading !== loading) return { existed: false, isGone: true };
  const tenant = held?.tenant ?? tenants.find(name);
  if (tenant !== undefined) return { existed: true, isGone: remove(tables, tenant.id) };
  const isDropping = tenants.findDropped(name) !== undefined;
  return { existed: isDropping, isGone: !isDropping };
}

/** Removes what is left of a tenant that is being dropped; leaves any other alone. */
export function removalNeeded(name: string): StepsNeeded {
  return new StepsNeeded((tables) => {
    const id = tables.tenants.findDropped(name);
    return id === undefined || remove(tables, id);
  });
}

/** Removes some rows, and then the tenant itself or hides it. Returns whether nothing is left. */
export function remove(tables: Tables, id: number): boolean {
  const isGone = tables.removal.step(id, AT_ONCE);
  if (isGone) tables.tenants.remove(id);
  else tables.tenants.hide(id);
  return isGone;
}
