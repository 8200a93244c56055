import type { MeshStats, QuotaBounds } from "@syntha/core";
import type { PageQuery } from "./scope.ts";

export interface TenantsQuery extends PageQuery {
  /** Only ids with this prefix. */
  prefix?: string | undefined;
}

/** A page of the tenants that this person may see, by id. */
export interface TenantPage {
  readonly tenants: readonly TenantSummary[];
  readonly nextPage?: string | undefined;
  /** All that this person may see. */
  readonly total: number;
}

export interface TenantSummary {
  readonly tenantId: string;
  readonly stats: MeshStats;
  /** What the tenant may hold and write, as this server enforces it. */
  readonly limits: QuotaBounds;
}
