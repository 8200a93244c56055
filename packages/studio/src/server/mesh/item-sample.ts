import type { ItemHeader, ListFilter } from "@syntha/core";
import { MAX_PAGE } from "../limits.ts";
import { listLogEnd } from "./log-end.ts";
import type { Moment } from "./moment.ts";

/** Commits at the end of the log that are searched for the latest items. */
const RECENT_COMMITS = 500;
const MAX_RECENT = 200;

/** Items that stand for all: all of a small mesh; of a large one the first by key, and the latest written. */
export interface ItemSample {
  /** The latest written first. */
  readonly items: readonly ItemHeader[];
  /** Whether these are all items of the filter. */
  readonly isComplete: boolean;
}

/** Reads at most 1,200 items, whatever the mesh holds. */
export async function sampleItems(
  moment: Moment,
  filter: Pick<ListFilter, "prefix" | "topics">,
): Promise<ItemSample> {
  const { items, nextPage } = await moment.system.list({
    ...filter,
    values: false,
    limit: MAX_PAGE,
  });
  const isComplete = nextPage === undefined;
  const isFiltered = filter.prefix !== undefined || filter.topics !== undefined;
  const byKey = new Map(items.map((item) => [item.key, item]));
  if (!isComplete && !isFiltered)
    for (const item of await latestItems(moment)) byKey.set(item.key, item);
  const latest = [...byKey.values()].toSorted((a, b) => b.revision - a.revision);
  return { items: latest, isComplete };
}

async function latestItems(moment: Moment): Promise<readonly ItemHeader[]> {
  const entries = await listLogEnd(moment, RECENT_COMMITS, ["put"]);
  const keys = entries.toReversed().flatMap((entry) => (entry.type === "put" ? [entry.key] : []));
  const latest = [...new Set(keys)].slice(0, MAX_RECENT);
  if (latest.length === 0) return [];
  const damaged: ItemHeader[] = [];
  const onCorrupt = (item: ItemHeader): void => void damaged.push(item);
  return [...(await moment.system.getItems(latest, { onCorrupt })), ...damaged];
}
