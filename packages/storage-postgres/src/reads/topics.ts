import { firstName, type TopicPage, type TopicQuery, type TopicRecord } from "@syntha/core/storage";
import { type Answer, call } from "../connection/statement.ts";
import { expiredItems } from "./expired-items.ts";
import type { TenantSnapshot } from "./tenant-snapshot.ts";

/** Topics that have a live item or a subscriber. */
export async function topics(view: TenantSnapshot, query: TopicQuery): Promise<TopicPage> {
  const { tables, name, snapshot } = view;
  const lapsed = await expiredItems(view);
  const alive = (records: readonly TopicRecord[]): TopicRecord[] =>
    records
      .map((record) => lapsed.without(record))
      .filter(({ items, subscribers }) => items > 0 || subscribers > 0);
  if ("names" in query) {
    const answer = await view.one(call(tables.topics.byNames, name, query.names));
    return { ...snapshot, topics: alive(toRecords(answer)), next: null };
  }
  const { prefix = "", after, limit } = query;
  let from = firstName(prefix, after);
  const live: TopicRecord[] = [];
  for (;;) {
    const answer = await view.one(call(tables.topics.page, name, from, limit + 1));
    const records = toRecords(answer).filter((record) => record.name.startsWith(prefix));
    live.push(...alive(records));
    if (live.length > limit || records.length <= limit) break;
    from = firstName(prefix, records.at(-1)?.name);
  }
  const page = live.slice(0, limit);
  // The last one given: one that is not given may be expired, and its name no longer told.
  const next = live.length > limit ? (page.at(-1)?.name ?? null) : null;
  return { ...snapshot, topics: page, next };
}

function toRecords({ rows }: Answer): TopicRecord[] {
  return (rows as readonly (readonly [string, number, number])[]).map(
    ([name, subscribers, items]) => ({ name, subscribers, items }),
  );
}
