import { type Counts, Lapsed, type Snapshot } from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { toRoute } from "../tables/route-text.ts";
import { noTenant, snapshotOf } from "../tables/tenants.ts";

/** The tenant's counters, less what is expired and not swept yet. */
export function stats(tables: Tables, name: string, clock: number): Snapshot & Counts {
  const tenant = tables.tenants.find(name) ?? noTenant();
  const snapshot = snapshotOf(tenant, clock);
  const lapsed = new Lapsed(tables.items.expiredRoutes(tenant.id, snapshot.now).map(toRoute));
  const gone = [...lapsed.perTopic].filter(([topic, count]) => {
    const record = tables.topics.find(tenant.id, topic);
    return record !== undefined && record.items === count && record.subscribers === 0;
  });
  return {
    ...snapshot,
    items: tenant.items - lapsed.items,
    global: tenant.globals - lapsed.global,
    expired: lapsed.items,
    topics: tenant.topics - gone.length,
    agents: tenant.agents,
    events: tenant.events,
    floor: tenant.floor,
    historyFloor: tenant.historyFloor,
    lines: tenant.lines,
  };
}
