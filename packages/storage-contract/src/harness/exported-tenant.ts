import { expect } from "vitest";
import { compareTenants, exportTenant, type Storage } from "@syntha/core";

export async function exportLines(
  storage: Storage,
  tenantId: string,
  batch?: number,
): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportTenant({ storage, tenantId, batch })) lines.push(line);
  return lines;
}

/** Fails if two storages, or two tenants of one, differ. */
export async function expectEqualTenants(
  left: Storage,
  right: Storage,
  tenantId: string,
  rightTenantId = tenantId,
): Promise<void> {
  const compared = { left, right, tenantId, rightTenantId };
  expect(await compareTenants(compared)).toEqual({ equal: true });
}
