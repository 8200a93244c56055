import type { AgentContext, ItemHeader, Page } from "@syntha/core";
import { batches, readItems } from "./read-items.ts";
import { isRecent, isSelected, minimumTime, type Selection } from "./selection.ts";

/** Headers per listing. */
const PAGE_SIZE = 1_000;

/** Topics per listing. */
const TOPICS = 64;

export interface Scan {
  /** In no order. */
  readonly headers: readonly ItemHeader[];
  /** Whether there are more items than were scanned. */
  readonly more: boolean;
}

/** Scans up to `maxItems` items, in key order, and returns the headers of those that are visible and selected. */
export async function scan(
  agent: AgentContext,
  selection: Selection,
  now: Date,
  maxItems: number,
): Promise<Scan> {
  if (selection.keys !== undefined) return scanKeys(agent, selection, now, maxItems);
  const { topics, prefix, authors, state } = selection;
  const author = authors?.length === 1 ? (authors[0] ?? undefined) : undefined;
  const updatedAfter = minimumTime(now, selection);
  const headers: ItemHeader[] = [];
  const scanned = new Set<string>();
  const topicBatches = topics === undefined ? [undefined] : [...batches(topics, TOPICS)];
  for (const [index, batch] of topicBatches.entries()) {
    for (let page: Page | undefined; ;) {
      // One more than may be scanned shows whether there are more. In later batches, any number of known ones may precede it.
      const limit = index === 0 ? Math.min(PAGE_SIZE, maxItems - scanned.size + 1) : PAGE_SIZE;
      const filter = { topics: batch, prefix, author, state, updatedAfter, limit, page };
      const listing = await agent.list({ ...filter, values: false });
      for (const item of listing.items) {
        // An item on topics of several batches is in the listing of each.
        if (scanned.has(item.key)) continue;
        if (scanned.size === maxItems) return { headers, more: true };
        scanned.add(item.key);
        if (isSelected(item, selection)) headers.push(item);
      }
      page = listing.nextPage;
      if (page === undefined) break;
    }
  }
  return { headers, more: false };
}

async function scanKeys(
  agent: AgentContext,
  selection: Selection,
  now: Date,
  maxItems: number,
): Promise<Scan> {
  const keys = [...new Set(selection.keys)];
  const after = minimumTime(now, selection);
  const headers: ItemHeader[] = [];
  for (const batch of batches(keys.slice(0, maxItems))) {
    for (const header of (await readItems(agent, batch)).values())
      if (isSelected(header, selection) && isRecent(header, after)) headers.push(header);
  }
  return { headers, more: keys.length > maxItems };
}
