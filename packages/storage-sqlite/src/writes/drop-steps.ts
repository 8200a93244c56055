import type { Tables } from "../tables/index.ts";
import { StepsRequired } from "./steps.ts";

/** Rows of each table that one transaction removes: few enough that nothing else waits long. */
const DROP_BATCH = 500;

/** Removes what is left of a tenant that is being dropped; leaves any other alone. */
export function dropSteps(name: string): StepsRequired {
  return new StepsRequired((tables) => {
    const id = tables.tenants.findDropped(name);
    return id === undefined || removeTenant(tables, id);
  });
}

/** Removes some rows, and then the tenant itself or hides it. Returns whether nothing is left. */
export function removeTenant(tables: Tables, id: number): boolean {
  const isRemoved = tables.rows.removeBatch(id, DROP_BATCH);
  if (isRemoved) tables.tenants.remove(id);
  else tables.tenants.hide(id);
  return isRemoved;
}
