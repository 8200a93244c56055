import type { AgentContext, CorruptItem, Item, ListFilter, Listing } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import type { ItemPage, ItemSummary } from "../../api/index.ts";
import { toItemSummary } from "../json/item-summary.ts";

const DEFAULT_LIMIT = 100;
/** Items of one read: values may be large, and other requests have their turn between two reads. */
export const STEP = 100;
/** Bytes of values after which a page ends. */
export const MAX_BYTES = 4_194_304;

/**
 * A page of what a reader sees, with damaged items in their places. It has fewer items than its limit if their values are
 * large.
 */
export async function itemPage(reader: AgentContext, filter: ListFilter): Promise<ItemPage> {
  const { limit = DEFAULT_LIMIT } = filter;
  const items: ItemSummary[] = [];
  let { page } = filter;
  let bytes = 0;
  do {
    const step = Math.min(STEP, limit - items.length);
    const listed: Listing = await reader.list({ ...filter, limit: step, page });
    for (const item of inOrder(listed)) {
      const summary = toItemSummary(item);
      items.push(summary);
      bytes += summary.bytes;
    }
    page = listed.nextPage;
  } while (page !== undefined && items.length < limit && bytes < MAX_BYTES);
  return { items, nextPage: page };
}

function inOrder({ items, corrupt }: Listing): readonly (Item | CorruptItem)[] {
  if (corrupt.length === 0) return items;
  return [...items, ...corrupt].toSorted((a, b) => compareCodePoints(a.key, b.key));
}

/** The items of these keys, in their order, without those that do not exist. At most 1,000 keys. */
export async function itemsOf(
  reader: AgentContext,
  keys: readonly string[],
): Promise<readonly ItemSummary[]> {
  if (keys.length === 0) return [];
  const found = new Map<string, Item | CorruptItem>();
  const onCorrupt = (item: CorruptItem): void => void found.set(item.key, item);
  for (const item of await reader.getItems(keys, { onCorrupt })) found.set(item.key, item);
  return keys.flatMap((key) => found.get(key) ?? []).map(toItemSummary);
}
