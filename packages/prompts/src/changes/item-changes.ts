import type { AgentContext, CorruptItem, Item, ItemHeader } from "@syntha/core";
import { itemLine, omittedValueLine, removedLine } from "../block/lines.ts";
import type { ShownItem } from "../context/context-state.ts";
import type { IncludedItem } from "../context/rendered-context.ts";
import {
  type Candidate,
  type Entry,
  MAX_CHARACTERS_PER_TOKEN,
  type UnreadableEntry,
} from "../packing/pack.ts";
import { byRank, type Rank } from "../selection/priority.ts";
import { batches, readItems } from "../selection/read-items.ts";
import { isRecent, isSelected, minimumTime } from "../selection/selection.ts";
import type { ChangesOptions } from "./changes-options.ts";

/** A difference between an item in the conversation and the item that the agent can see now. */
export interface ItemChangeCandidate extends Candidate {
  readonly change: NonNullable<IncludedItem["change"]>;
  /** Undefined for a removed item. */
  readonly header: ItemHeader | undefined;
  readonly entry: Entry | UnreadableEntry;
}

/**
 * Compares the current items of these keys with those that were shown. The items may be read after the log, in which case a
 * change is reported early.
 */
export async function changedItems(
  agent: AgentContext,
  keys: readonly string[],
  shown: ReadonlyMap<string, ShownItem>,
  at: Date,
  maxTokens: number,
  options: ChangesOptions,
): Promise<ItemChangeCandidate[]> {
  const after = minimumTime(at, options);
  const changes: ItemChangeCandidate[] = [];
  for (const batch of batches(keys)) {
    const items = await readItems(agent, batch);
    for (const key of batch) {
      const before = shown.get(key);
      const item = items.get(key);
      if (item === undefined || !isSelected(item, options)) {
        if (before !== undefined) changes.push(removal(key));
      } else if (before === undefined) {
        if (isRecent(item, after)) changes.push(itemChange(item, "new", maxTokens));
      } else if (before[1] !== item.revision) {
        changes.push(itemChange(item, "updated", maxTokens));
      }
    }
  }
  return changes;
}

/**
 * Orders changes: the one that is pending for longest first, without using its author's share, so that each change is included
 * eventually; then removals; then items by rank, pending ones before new ones.
 */
export function orderChanges(
  candidates: readonly ItemChangeCandidate[],
  pending: readonly string[],
  rank: Rank,
): readonly ItemChangeCandidate[] {
  const positions = new Map(pending.map((key, position) => [key, position]));
  const positionOf = ({ key }: { key: string }): number => positions.get(key) ?? pending.length;
  const byPosition = (a: { key: string }, b: { key: string }): number =>
    positionOf(a) - positionOf(b);
  const [longest] = candidates.filter(({ key }) => positions.has(key)).toSorted(byPosition);
  const rest = candidates.filter((candidate) => candidate !== longest);
  const removals = rest.filter(({ header }) => header === undefined);
  const byHeader = new Map<ItemHeader, ItemChangeCandidate>();
  for (const candidate of rest)
    if (candidate.header !== undefined) byHeader.set(candidate.header, candidate);
  const headers = [...byHeader.keys()].toSorted(byRank(rank, positionOf));
  return [
    ...(longest === undefined ? [] : [{ ...longest, author: undefined }]),
    ...removals.toSorted(byPosition),
    ...headers.map((header) => byHeader.get(header) as ItemChangeCandidate),
  ];
}

function removal(key: string): ItemChangeCandidate {
  const line = removedLine(key);
  return {
    key,
    author: undefined,
    change: "removed",
    header: undefined,
    entry: { line, label: line },
  };
}

function itemChange(
  item: Item | CorruptItem,
  change: "new" | "updated",
  maxTokens: number,
): ItemChangeCandidate {
  const { key, author = null } = item;
  if ("error" in item) {
    const { error: _, ...header } = item;
    const label = omittedValueLine(header, "unreadable", change);
    return { key, author, change, header, entry: { unreadable: true, label } };
  }
  const { value: _, ...header } = item;
  const line = itemLine(item, change);
  // Lines are kept until all candidates are ordered: one that can't fit is dropped early.
  const mayFit = line.length <= maxTokens * MAX_CHARACTERS_PER_TOKEN;
  const label = omittedValueLine(header, "too_large", change);
  return { key, author, change, header, entry: { line: mayFit ? line : undefined, label } };
}
