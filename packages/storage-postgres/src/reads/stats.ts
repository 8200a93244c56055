import type { Counts, ExpiredItems, Snapshot } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import { expiredItems } from "./expired-items.ts";
import type { TenantView } from "./tenant-view.ts";

/** The tenant's counters, less the expired items that are not deleted yet. */
export async function stats(view: TenantView): Promise<Snapshot & Counts> {
  const { tenant, snapshot } = view;
  const expired = await expiredItems(view);
  return {
    ...snapshot,
    items: tenant.items - expired.items,
    bytes: tenant.bytes - expired.bytes,
    global: tenant.globals - expired.global,
    expired: expired.items,
    topics: tenant.topics - (await expiredTopics(view, expired)),
    agents: tenant.agents,
    events: tenant.events,
    floor: tenant.floor,
    historyFloor: tenant.historyFloor,
    logEntries: tenant.logEntries,
  };
}

/** The number of topics that have only expired items. */
async function expiredTopics(view: TenantView, { perTopic }: ExpiredItems): Promise<number> {
  if (perTopic.size === 0) return 0;
  const byNames = call(view.tables.topics.byNames, view.name, [...perTopic.keys()]);
  const { rows } = await view.one(byNames);
  return rows.filter(
    ([topic, subscribers, items]) => subscribers === 0 && items === perTopic.get(topic as string),
  ).length;
}
