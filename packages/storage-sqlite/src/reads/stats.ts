import type { Counts, Snapshot } from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

/** The tenant's counters without items that are expired but not swept. */
export function stats(tables: Tables, name: string, clock: number): Snapshot & Counts {
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  const expired = tables.items.expiredItems(tenant.id, snapshot.now);
  const expiredTopics = [...expired.perTopic].filter(([topic, count]) => {
    const record = tables.topics.find(tenant.id, topic);
    return record !== undefined && record.items === count && record.subscribers === 0;
  });
  return {
    ...snapshot,
    items: tenant.items - expired.items,
    bytes: tenant.bytes - expired.bytes,
    global: tenant.globals - expired.global,
    expired: expired.items,
    topics: tenant.topics - expiredTopics.length,
    agents: tenant.agents,
    events: tenant.events,
    floor: tenant.floor,
    historyFloor: tenant.historyFloor,
    logEntries: tenant.logEntries,
  };
}
