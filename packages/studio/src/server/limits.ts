/** Tenants that a session names; the others are found by their prefix. */
export const MAX_TENANT_IDS = 1_000;
/** Rows of one read of the mesh. */
export const MAX_PAGE = 1_000;
