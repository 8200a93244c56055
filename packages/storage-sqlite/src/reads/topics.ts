import {
  compareCodePoints,
  type TopicPage,
  type TopicQuery,
  type TopicRecord,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { noTenant, snapshotOf } from "../tables/tenants.ts";
import { Lapsed } from "./lapsed.ts";

/** Topics that have a live item or a subscriber. */
export function topics(tables: Tables, name: string, query: TopicQuery, clock: number): TopicPage {
  const tenant = tables.tenants.find(name) ?? noTenant();
  const snapshot = snapshotOf(tenant, clock);
  const { records, next } = "names" in query ? named() : page(query);
  const lapsed = new Lapsed(tables.items.expiredRoutes(tenant.id, snapshot.now));
  const live = records
    .map((record) => lapsed.without(record))
    .filter(({ items, subscribers }) => items > 0 || subscribers > 0);
  return { ...snapshot, topics: live, next };

  function named(): { records: TopicRecord[]; next: null } {
    const names = [...new Set((query as { names: readonly string[] }).names)];
    const found = names.sort(compareCodePoints).map((each) => tables.topics.find(tenant.id, each));
    return { records: found.filter((record) => record !== undefined), next: null };
  }

  function page({ prefix = "", after, limit }: Exclude<TopicQuery, { names: unknown }>): {
    records: TopicRecord[];
    next: string | null;
  } {
    const next = after === undefined ? prefix : `${after}\0`;
    const from = compareCodePoints(next, prefix) > 0 ? next : prefix;
    const found = tables.topics
      .from(tenant.id, from, limit + 1)
      .filter((record) => record.name.startsWith(prefix));
    const records = found.slice(0, limit);
    return { records, next: found.length > limit ? (records.at(-1)?.name ?? null) : null };
  }
}
