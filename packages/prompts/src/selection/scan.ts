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
  const headers = new Map<string, ItemHeader>();
  let scanned = 0;
  for (const batch of topics === undefined ? [undefined] : batches(topics, TOPICS)) {
    for (let page: Page | undefined; ;) {
      const limit = Math.min(PAGE_SIZE, maxItems - scanned);
      if (limit === 0) return { headers: [...headers.values()], more: true };
      const filter = { topics: batch, prefix, author, state, updatedAfter, limit, page };
      const listing = await agent.list({ ...filter, values: false });
      scanned += listing.items.length;
      for (const item of listing.items)
        if (isSelected(item, selection)) headers.set(item.key, item);
      page = listing.nextPage;
      if (page === undefined) break;
    }
  }
  return { headers: [...headers.values()], more: false };
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
