import type { SystemContext } from "@syntha/core";
import type { ItemSummary } from "../../api/index.ts";
import { MAX_PAGE } from "../limits.ts";

/** The items, the claimed ones with their leases: if they are among the first 1,000. */
export async function withLeases(
  system: SystemContext,
  items: readonly ItemSummary[],
): Promise<readonly ItemSummary[]> {
  const claimed = items.filter(({ state }) => state === "claimed");
  if (claimed.length === 0) return items;
  const prefix = claimed.length === 1 ? claimed[0]?.key : undefined;
  const { leases } = await system.leases({ prefix, limit: MAX_PAGE });
  const byKey = new Map(leases.map((lease) => [lease.key, lease]));
  return items.map((item) => {
    const lease = byKey.get(item.key);
    if (lease === undefined) return item;
    return { ...item, lease: { agent: lease.agent, until: lease.until.toISOString() } };
  });
}
