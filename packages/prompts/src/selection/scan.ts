import type { AgentContext, ItemHeader, Page } from "@syntha/core";
import { toMs } from "@syntha/core/storage";
import { readItems } from "./read-items.ts";
import { isSelected, type Selection } from "./selection.ts";

/** Headers that one listing holds. */
const PAGE = 1_000;
/** Keys that are read at once. */
const KEYS = 100;

export interface Scan {
  /** In no order. */
  readonly headers: readonly ItemHeader[];
  /** Whether there are more than were looked at. */
  readonly more: boolean;
}

/** The headers of what an agent sees and is selected: `most` of them are looked at, in key order. */
export async function scan(
  agent: AgentContext,
  selection: Selection,
  now: Date,
  most: number,
): Promise<Scan> {
  if (selection.keys !== undefined) return named(agent, selection, now, most);
  const { topics, prefix, authors, state, maxAge } = selection;
  const author = authors?.length === 1 ? (authors[0] ?? undefined) : undefined;
  const updatedAfter = oldest(now, maxAge);
  const found = new Map<string, ItemHeader>();
  let looked = 0;
  for (const topic of topics ?? [undefined]) {
    for (let page: Page | undefined; ;) {
      const limit = Math.min(PAGE, most - looked);
      if (limit === 0) return { headers: [...found.values()], more: true };
      const filter = { topic, prefix, author, state, updatedAfter, limit, page };
      const listing = await agent.list({ ...filter, values: false });
      looked += listing.items.length;
      for (const item of listing.items) if (isSelected(item, selection)) found.set(item.key, item);
      page = listing.nextPage;
      if (page === undefined) break;
    }
  }
  return { headers: [...found.values()], more: false };
}

async function named(
  agent: AgentContext,
  selection: Selection,
  now: Date,
  most: number,
): Promise<Scan> {
  const keys = [...new Set(selection.keys)];
  const after = oldest(now, selection.maxAge);
  const headers: ItemHeader[] = [];
  for (let from = 0; from < Math.min(keys.length, most); from += KEYS) {
    for (const header of (await readItems(agent, keys.slice(from, from + KEYS))).values())
      if (isSelected(header, selection) && isYoung(header, after)) headers.push(header);
  }
  return { headers, more: keys.length > most };
}

/** The moment after which an item must have been written. */
export function oldest(now: Date, maxAge: Selection["maxAge"]): Date | undefined {
  return maxAge === undefined ? undefined : new Date(now.getTime() - toMs("maxAge", maxAge));
}

export function isYoung({ updatedAt }: ItemHeader, after: Date | undefined): boolean {
  return after === undefined || updatedAt > after;
}
