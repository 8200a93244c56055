import type { ItemSummary, LiveMessage } from "../../src/index.ts";

/** The items of a page, after what its stream sent: keys, revisions, and whether the agent sees them. */
export function shownItems(
  first: readonly ItemSummary[],
  messages: readonly LiveMessage[],
): readonly unknown[] {
  const items = new Map(first.map((item) => [item.key, item]));
  for (const message of messages) {
    if (message.type === "put") items.set(message.item.key, message.item);
    else if (message.type === "visibility")
      for (const key of message.keys) {
        const item = items.get(key);
        if (item !== undefined) items.set(key, { ...item, visible: message.visible });
      }
    else if ("key" in message && message.key !== undefined) items.delete(message.key);
  }
  return [...items.values()]
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, revision, visible }) => [key, revision, visible]);
}
