import type { ExpiredItems } from "@syntha/core/storage";
import { type Counts, type Snapshot } from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import { expiredItems } from "./expired-items.ts";
import type { TenantSnapshot } from "./tenant-snapshot.ts";

/** The tenant's counters, less what is expired and not swept yet. */
export async function stats(view: TenantSnapshot): Promise<Snapshot & Counts> {
  const { tenant, snapshot } = view;
  const lapsed = await expiredItems(view);
  return {
    ...snapshot,
    items: tenant.items - lapsed.items,
    bytes: tenant.bytes - lapsed.bytes,
    global: tenant.globals - lapsed.global,
    expired: lapsed.items,
    topics: tenant.topics - (await expiredTopics(view, lapsed)),
    agents: tenant.agents,
    events: tenant.events,
    floor: tenant.floor,
    historyFloor: tenant.historyFloor,
    logEntries: tenant.logEntries,
  };
}

/** Topics that have nothing but expired items. */
async function expiredTopics(view: TenantSnapshot, { perTopic }: ExpiredItems): Promise<number> {
  if (perTopic.size === 0) return 0;
  const { rows } = await view.one(
    call(view.tables.topics.byNames, view.name, [...perTopic.keys()]),
  );
  return rows.filter(
    ([topic, subscribers, items]) => subscribers === 0 && items === perTopic.get(topic as string),
  ).length;
}
