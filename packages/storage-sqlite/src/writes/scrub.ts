import { StepsRequired } from "./steps.ts";

/** Values that one transaction removes from the log. */
export const SCRUB_BATCH = 2_000;

/**
 * Removes the values that the log has of an expired item, before the commit that removes the item. They are no longer
 * returned, and a key that was written often has very many. The tenant's time is stored, so that the item stays expired
 * if the clock is set back.
 */
export function scrubSteps(name: string, key: string): StepsRequired {
  return new StepsRequired((tables, clock) => {
    const tenant = tables.tenants.find(name);
    if (tenant === undefined) return true;
    tenant.now = Math.max(clock, tenant.now);
    const { expiresAt = null } = tables.items.find(tenant.id, key) ?? {};
    if (expiresAt === null || expiresAt > tenant.now) return true;
    tables.tenants.update(tenant);
    return tables.log.scrubStep(tenant.id, key, SCRUB_BATCH);
  });
}
