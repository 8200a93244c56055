import type { Counts, Snapshot } from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

/** The tenant's counters, less what is expired and not swept yet. */
export function stats(tables: Tables, name: string, clock: number): Snapshot & Counts {
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  const lapsed = tables.items.expiredItems(tenant.id, snapshot.now);
  const gone = [...lapsed.perTopic].filter(([topic, count]) => {
    const record = tables.topics.find(tenant.id, topic);
    return record !== undefined && record.items === count && record.subscribers === 0;
  });
  return {
    ...snapshot,
    items: tenant.items - lapsed.items,
    bytes: tenant.bytes - lapsed.bytes,
    global: tenant.globals - lapsed.global,
    expired: lapsed.items,
    topics: tenant.topics - gone.length,
    agents: tenant.agents,
    events: tenant.events,
    floor: tenant.floor,
    historyFloor: tenant.historyFloor,
    logEntries: tenant.logEntries,
  };
}
