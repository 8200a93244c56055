import type { AgentContext, CorruptItem, Item } from "@syntha/core";

/** Items by key, with those whose values are damaged where they are stored. */
export async function readItems(
  agent: AgentContext,
  keys: readonly string[],
): Promise<Map<string, Item | CorruptItem>> {
  const found = new Map<string, Item | CorruptItem>();
  const onCorrupt = (item: CorruptItem): void => void found.set(item.key, item);
  for (const item of await agent.getItems(keys, { onCorrupt })) found.set(item.key, item);
  return found;
}
