import { firstName, type TopicPage, type TopicQuery, type TopicRecord } from "@syntha/core/storage";
import { type Answer, call } from "../connection/statement.ts";
import { expiredItems } from "./expired-items.ts";
import type { TenantView } from "./tenant-view.ts";

/** Topics that have an item or a subscriber. */
export async function topics(view: TenantView, query: TopicQuery): Promise<TopicPage> {
  const { tables, name, snapshot } = view;
  const expired = await expiredItems(view);
  const withoutExpired = (records: readonly TopicRecord[]): TopicRecord[] =>
    records
      .map((record) => expired.without(record))
      .filter(({ items, subscribers }) => items > 0 || subscribers > 0);
  if ("names" in query) {
    const answer = await view.one(call(tables.topics.byNames, name, query.names));
    return { ...snapshot, topics: withoutExpired(toRecords(answer)), next: null };
  }
  const { prefix = "", after, limit } = query;
  let from = firstName(prefix, after);
  const found: TopicRecord[] = [];
  for (;;) {
    const answer = await view.one(call(tables.topics.page, name, from, limit + 1));
    const records = toRecords(answer).filter((record) => record.name.startsWith(prefix));
    found.push(...withoutExpired(records));
    if (found.length > limit || records.length <= limit) break;
    from = firstName(prefix, records.at(-1)?.name);
  }
  const page = found.slice(0, limit);
  return {
    ...snapshot,
    topics: page,
    next: found.length > limit ? (page.at(-1)?.name ?? null) : null,
  };
}

function toRecords({ rows }: Answer): TopicRecord[] {
  return (rows as readonly (readonly [string, number, number])[]).map(
    ([name, subscribers, items]) => ({ name, subscribers, items }),
  );
}
