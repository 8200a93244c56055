import { SynthaError } from "@syntha/core";
import type { Clock } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import { toArrayText } from "../tables/array-text.ts";
import type { Tables } from "../tables/index.ts";
import { toTenant } from "../tables/tenants.ts";
import { StepsRequired } from "./steps.ts";

/** The values that one transaction clears. */
export const SCRUB_BATCH = 2_000;

/**
 * Clears the log's values of expired items before the commit that deletes the items. They are no longer readable, and a
 * key that was written often has very many. The tenant's time is recorded, so that the items stay expired if the clock is
 * set back.
 */
export function scrubSteps(
  tables: Tables,
  name: string,
  keys: readonly string[],
  clock: Clock | undefined,
): StepsRequired {
  return new StepsRequired(
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
    new SynthaError("UNAVAILABLE", "The log has too many values of expired items.", {
      hint: "Try again: each try clears more of them.",
    }),
  );
}
