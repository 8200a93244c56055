import { StepsRequired } from "./steps.ts";

/** Values of the log that one transaction removes. */
export const SCRUB_BATCH = 2_000;

/**
 * Removes the log's values of an item that has expired, before the commit that makes it go: nobody reads them any more,
 * and there may be very many of a key that was written often. The tenant's time is kept, so that a clock that is set back
 * does not bring the item back.
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
