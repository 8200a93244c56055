import type { Tables } from "../tables/index.ts";
import { StepsRequired } from "./steps.ts";

/** Rows of each table that one transaction removes, so that other writes do not wait long. */
const DROP_BATCH = 500;

/** Removes the rest of a tenant that is being dropped; does nothing for any other tenant. */
export function dropSteps(name: string): StepsRequired {
  return new StepsRequired((tables) => {
    const id = tables.tenants.findDropped(name);
    return id === undefined || removeTenant(tables, id);
  });
}

/** Removes a batch of rows, and then the tenant or hides it. Returns whether it is removed. */
export function removeTenant(tables: Tables, id: number): boolean {
  const isRemoved = tables.rows.deleteBatch(id, DROP_BATCH);
  if (isRemoved) tables.tenants.remove(id);
  else tables.tenants.hide(id);
  return isRemoved;
}
