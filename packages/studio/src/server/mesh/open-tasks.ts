import type { ItemHeader, ListFilter } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import type { ItemPage, ItemSummary } from "../../api/index.ts";
import { itemsOf, MAX_BYTES, STEP } from "./item-page.ts";
import { KnownAgents } from "./known-agents.ts";
import type { Moment } from "./moment.ts";

/** Agents that one listing may name. */
const MAX_NAMES = 64;
const DEFAULT_LIMIT = 100;

/** Open items of one listing. */
interface Part {
  readonly items: readonly ItemHeader[];
  /** The last key that was read, if others follow. */
  readonly edge: string | undefined;
}

/**
 * The open items on these topics, and those in the inbox of a known agent alone: they name it and have no topic. A page ends
 * at a key, which is its token.
 */
export async function openTasks(
  moment: Moment,
  topics: readonly string[],
  { limit = DEFAULT_LIMIT, page: after }: Pick<ListFilter, "limit" | "page">,
): Promise<ItemPage> {
  const { names } = await KnownAgents.read(moment);
  const range = { after, limit };
  const parts = [await readPart(moment, { ...range, topics }, () => true)];
  for (let at = 0; at < names.length; at += MAX_NAMES) {
    const subscribers = names.slice(at, at + MAX_NAMES);
    parts.push(await readPart(moment, { ...range, subscribers }, isInboxAlone));
  }
  const { keys, edge } = merged(parts);
  const items = await readItems(moment, keys.slice(0, limit));
  const last = items.at(-1)?.key;
  return { items, nextPage: items.length < keys.length && last !== undefined ? last : edge };
}

function isInboxAlone({ topics }: ItemHeader): boolean {
  return topics.length === 0;
}

async function readPart(
  { system }: Moment,
  filter: ListFilter,
  isWanted: (item: ItemHeader) => boolean,
): Promise<Part> {
  const { limit = DEFAULT_LIMIT } = filter;
  const items: ItemHeader[] = [];
  for (let { after } = filter; ;) {
    const listed = await system.list({ ...filter, after, state: "open", values: false });
    items.push(...listed.items.filter(isWanted));
    if (listed.nextPage === undefined) return { items, edge: undefined };
    after = listed.items.at(-1)?.key;
    if (items.length >= limit) return { items, edge: after };
  }
}

/** The keys up to which all parts were read. */
function merged(parts: readonly Part[]): { readonly keys: readonly string[]; edge?: string } {
  const edges = parts.flatMap(({ edge }) => edge ?? []).toSorted(compareCodePoints);
  const [edge] = edges;
  const keys = new Set(parts.flatMap(({ items }) => items.map(({ key }) => key)));
  const sorted = [...keys].toSorted(compareCodePoints);
  if (edge === undefined) return { keys: sorted };
  return { keys: sorted.filter((key) => compareCodePoints(key, edge) <= 0), edge };
}

/** As many as one page holds: values may be large. */
async function readItems(
  { system }: Moment,
  keys: readonly string[],
): Promise<readonly ItemSummary[]> {
  const items: ItemSummary[] = [];
  let bytes = 0;
  for (let at = 0; at < keys.length && bytes < MAX_BYTES; at += STEP) {
    const read = await itemsOf(system, keys.slice(at, at + STEP));
    items.push(...read);
    bytes += read.reduce((sum, item) => sum + item.bytes, 0);
  }
  return items;
}
