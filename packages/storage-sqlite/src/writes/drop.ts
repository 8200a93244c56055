import type { Tables } from "../tables/index.ts";

/** Removes everything of a tenant; tells whether there was one. */
export function drop(tables: Tables, name: string): boolean {
  const tenant = tables.tenants.find(name) ?? tables.tenants.findLoading(name)?.tenant;
  if (tenant !== undefined) tables.tenants.remove(tenant.id);
  return tenant !== undefined;
}
