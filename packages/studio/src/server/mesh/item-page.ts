import type { AgentContext, CorruptItem, Item, ListFilter } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import type { ItemPage, ItemSummary } from "../../api/index.ts";
import { toItemSummary } from "../json/item-summary.ts";

/** A page of what a reader sees, with damaged items in their places. */
export async function itemPage(reader: AgentContext, filter: ListFilter): Promise<ItemPage> {
  const { items, corrupt, nextPage } = await reader.list(filter);
  const all: (Item | CorruptItem)[] = [...items, ...corrupt];
  if (corrupt.length > 0) all.sort((a, b) => compareCodePoints(a.key, b.key));
  return { items: all.map(toItemSummary), nextPage };
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
