import type { ItemQuery } from "./query.ts";
import { isExpired, type ItemRow, stateOf } from "../model/item-row.ts";

/** Whether a row that its reader sees is what the query asks for. */
export function matches(row: ItemRow, query: ItemQuery, now: number): boolean {
  return (
    (query.withExpired === true || !isExpired(row, now)) &&
    (query.prefix === undefined || row.key.startsWith(query.prefix)) &&
    (query.topics === undefined || query.topics.some((topic) => row.topics.includes(topic))) &&
    (query.author === undefined || row.author === query.author) &&
    (query.updatedAfter === undefined || row.updatedAt > query.updatedAfter) &&
    (query.state === undefined || stateOf(row, now) === query.state)
  );
}
