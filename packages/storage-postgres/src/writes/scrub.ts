import { SynthaError } from "@syntha/core";
import type { Clock } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { toTenant } from "../tables/tenants.ts";
import { StepsNeeded } from "./steps.ts";

/** Values of the log that one transaction removes. */
export const SCRUB_BATCH = 2_000;

/**
 * Removes the log's values of items that have expired, before the commit that makes them go: nobody reads them any more,
 * and there may be very many of a key that was written often. The tenant's time is kept, so that a clock that is set back
 * brings none of the items back.
 */
export function scrubNeeded(
  tables: Tables,
  name: string,
  keys: readonly string[],
  clock: Clock | undefined,
): StepsNeeded {
  return new StepsNeeded(
    async (transaction) => {
      const [locked, time] = await transaction.run([
        call(tables.tenants.lock, name),
        call(tables.tenants.clock),
      ]);
      const row = locked?.rows[0];
      if (row === undefined) return true;
      const tenant = toTenant(row);
      if (tenant.loading !== null) return true;
      const now = Math.max(clock?.() ?? (time?.rows[0]?.[0] as number), tenant.now);
      const scrub = call(tables.log.scrubExpired, name, toArrayText(keys), now, SCRUB_BATCH);
      const { count } = await transaction.one(scrub);
      if (count > 0) await transaction.commit([call(tables.tenants.setNow, name, now)]);
      return count < SCRUB_BATCH;
    },
    new SynthaError("UNAVAILABLE", "The log has very many values of items that have expired.", {
      hint: "Try again: each try removes more of them.",
    }),
  );
}
