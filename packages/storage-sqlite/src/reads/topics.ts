import {
  compareCodePoints,
  firstName,
  type TopicPage,
  type TopicQuery,
  type TopicRecord,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, snapshotOf } from "../tables/tenants.ts";

/** Topics that have a live item or a subscriber. */
export function topics(tables: Tables, name: string, query: TopicQuery, clock: number): TopicPage {
  const tenant = tables.tenants.find(name) ?? emptyTenant();
  const snapshot = snapshotOf(tenant, clock);
  const expired = tables.items.expiredItems(tenant.id, snapshot.now);
  if ("names" in query) return { ...snapshot, topics: named(query.names), next: null };
  const { limit } = query;
  const live = page(query);
  const records = live.slice(0, limit);
  return {
    ...snapshot,
    topics: records,
    // The last one of this page: one after it may expire, and its name must not be returned then.
    next: live.length > limit ? (records.at(-1)?.name ?? null) : null,
  };

  function named(names: readonly string[]): TopicRecord[] {
    const sorted = [...new Set(names)].sort(compareCodePoints);
    const found = sorted.map((each) => tables.topics.find(tenant.id, each));
    return liveOnly(found.filter((record) => record !== undefined));
  }

  /** Up to one more than the limit. */
  function page({
    prefix = "",
    after,
    limit,
  }: Exclude<TopicQuery, { names: unknown }>): TopicRecord[] {
    let from = firstName(prefix, after);
    const live: TopicRecord[] = [];
    for (;;) {
      const found = tables.topics.from(tenant.id, from, limit + 1);
      const records = found.filter((record) => record.name.startsWith(prefix));
      live.push(...liveOnly(records));
      if (live.length > limit || records.length <= limit) return live;
      from = firstName(prefix, records.at(-1)?.name);
    }
  }

  function liveOnly(records: readonly TopicRecord[]): TopicRecord[] {
    return records
      .map((record) => expired.without(record))
      .filter(({ items, subscribers }) => items > 0 || subscribers > 0);
  }
}
