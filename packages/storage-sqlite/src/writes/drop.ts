import type { Tables } from "../tables/index.ts";

/** Removes everything of a tenant, or of one whose loading stands here; returns whether there was one. */
export function drop(tables: Tables, name: string, loading?: string): boolean {
  const held = tables.tenants.findLoading(name);
  if (loading !== undefined && held?.loading !== loading) return false;
  const tenant = held?.tenant ?? tables.tenants.find(name);
  if (tenant !== undefined) tables.tenants.remove(tenant.id);
  return tenant !== undefined;
}
