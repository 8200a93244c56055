import type { Tables } from "../tables/index.ts";
import { StepsNeeded } from "./steps.ts";

/** Rows of each table that one transaction removes: few enough that nothing else waits long. */
const REMOVAL_BATCH = 500;

/** Removes what is left of a tenant that is being dropped; leaves any other alone. */
export function removalNeeded(name: string): StepsNeeded {
  return new StepsNeeded((tables) => {
    const id = tables.tenants.findDropped(name);
    return id === undefined || removeTenant(tables, id);
  });
}

/** Removes some rows, and then the tenant itself or hides it. Returns whether nothing is left. */
export function removeTenant(tables: Tables, id: number): boolean {
  const isRemoved = tables.removal.step(id, REMOVAL_BATCH);
  if (isRemoved) tables.tenants.remove(id);
  else tables.tenants.hide(id);
  return isRemoved;
}
