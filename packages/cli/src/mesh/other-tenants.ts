import { isSynthaError } from "@syntha/core";
import { visible } from "../terminal/escape.ts";
import type { OpenMesh } from "./open-mesh.ts";

/** Tenants that are named. */
const MOST = 10;

/** Of an empty mesh: the tenants of its storage, one of which may be meant. Undefined if it is not empty, or there are none. */
export async function otherTenants({
  storage,
  tenantId,
}: Pick<OpenMesh, "storage" | "tenantId">): Promise<string | undefined> {
  // Of the storage itself: a mesh in the past may have been empty.
  if ((await storage.stats(tenantId)).head > 0) return undefined;
  try {
    const { tenantIds } = await storage.listTenants({ limit: MOST });
    if (tenantIds.length === 0) return undefined;
    return `Tenants of the storage: ${tenantIds.map(visible).join(", ")}. Name one with --tenant.`;
  } catch (error) {
    if (!isSynthaError(error)) throw error;
    return undefined;
  }
}

/** Why a listing is empty: because the tenant is, where others are not. */
export async function emptyText(open: OpenMesh, otherwise: string): Promise<string> {
  const others = await otherTenants(open);
  return others === undefined
    ? otherwise
    : `Tenant "${visible(open.tenantId)}" is empty. ${others}`;
}
