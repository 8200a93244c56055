import { isExpired, type ItemRow, stateOf } from "../model/item-row.ts";
import { compareCodePoints } from "../text/code-point-order.ts";
import type { ItemQuery } from "./query.ts";

/** Where to start to list names, inclusively: at the first that may have the prefix and come after `after`. */
export function firstName(prefix: string = "", after?: string): string {
  if (after === undefined) return prefix;
  // No name contains NUL, so none is in between.
  const next = `${after}\u0001`;
  return compareCodePoints(next, prefix) > 0 ? next : prefix;
}

/** A page from names that were read up to one past the limit. */
export function pageOf(
  names: readonly string[],
  limit: number,
): { readonly page: readonly string[]; readonly next: string | null } {
  const page = names.slice(0, limit);
  return { page, next: names.length > limit ? (page.at(-1) ?? null) : null };
}

/** Whether a row that the actor sees matches the query. */
export function matches(row: ItemRow, query: ItemQuery, now: number): boolean {
  return (
    (query.withExpired === true || !isExpired(row, now)) &&
    (query.prefix === undefined || row.key.startsWith(query.prefix)) &&
    (query.topics === undefined || query.topics.some((topic) => row.topics.includes(topic))) &&
    (query.subscribers === undefined ||
      query.subscribers.some((name) => row.subscribers.includes(name))) &&
    (query.author === undefined || row.author === query.author) &&
    (query.updatedAfter === undefined || row.updatedAt > query.updatedAfter) &&
    (query.state === undefined || stateOf(row, now) === query.state)
  );
}
