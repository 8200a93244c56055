import type { AgentContext, CorruptItem, Item } from "@syntha/core";

const BATCH_SIZE = 100;

/** Splits names into the batches in which they are read. */
export function* batches(
  names: readonly string[],
  size: number = BATCH_SIZE,
): Generator<readonly string[]> {
  for (let from = 0; from < names.length; from += size) yield names.slice(from, from + size);
}

/** Items by key, including those whose value is damaged in storage. */
export async function readItems(
  agent: AgentContext,
  keys: readonly string[],
): Promise<Map<string, Item | CorruptItem>> {
  const items = new Map<string, Item | CorruptItem>();
  const onCorrupt = (item: CorruptItem): void => void items.set(item.key, item);
  for (const item of await agent.getItems(keys, { onCorrupt })) items.set(item.key, item);
  return items;
}
