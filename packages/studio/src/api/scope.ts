/** What most requests name in their query. */
export interface TenantQuery {
  /** With many tenants: whose mesh. Required then. */
  tenant?: string | undefined;
}

/** Of requests that also answer for an earlier moment. */
export interface MomentQuery extends TenantQuery {
  /** A position of the log: the mesh as it was after that commit. @default now */
  at?: number | undefined;
}

/** Of requests that also answer for one agent. */
export interface ViewQuery extends MomentQuery {
  /** An agent: through its eyes. @default the system, which sees everything */
  as?: string | undefined;
}

/** Of listings. */
export interface PageQuery {
  /** 1 to 500. @default 100 */
  limit?: number | undefined;
  /** `nextPage` of the page before. */
  page?: string | undefined;
}

/** A moment as ISO 8601 in UTC: "2026-11-30T12:00:00.000Z". These sort as text. */
export type Time = string;
