import type { AgentContext, CorruptItem, Item, ItemHeader } from "@syntha/core";
import type { ShownItem } from "../context/context-state.ts";
import { removedLine, itemLine, labelLine, unreadableLine } from "../lines/item-line.ts";
import { type Candidate, type Entry, MOST_CHARACTERS } from "../packing/pack.ts";
import { inOrder, type Rank } from "../selection/priority.ts";
import { readItems } from "../selection/read-items.ts";
import { isYoung, oldest } from "../selection/scan.ts";
import { isSelected } from "../selection/selection.ts";
import type { IncludedItem } from "../context/rendered-context.ts";
import type { ChangesOptions } from "./changes-options.ts";

/** Items read at once. */
const PART = 100;

/** A difference between what an agent was told and what it sees. */
export interface ChangeCandidate extends Candidate {
  readonly change: NonNullable<IncludedItem["change"]>;
  /** Absent for what is gone. */
  readonly header: ItemHeader | undefined;
  readonly entry: Entry;
}

/** What of these keys differs now from what was told. The read may be later than the log's place: then it comes early. */
export async function differences(
  agent: AgentContext,
  keys: readonly string[],
  told: ReadonlyMap<string, ShownItem>,
  at: Date,
  most: number,
  options: ChangesOptions,
): Promise<ChangeCandidate[]> {
  const after = oldest(at, options.maxAge);
  const found: ChangeCandidate[] = [];
  for (let from = 0; from < keys.length; from += PART) {
    const part = keys.slice(from, from + PART);
    const items = await readItems(agent, part);
    for (const key of part) {
      const before = told.get(key);
      const item = items.get(key);
      if (item === undefined || !isSelected(item, options)) {
        if (before !== undefined) found.push(gone(key));
        continue;
      }
      if (before === undefined ? !isYoung(item, after) : before[1] === item.revision) continue;
      found.push(differing(item, before === undefined ? "new" : "updated", most));
    }
  }
  return found;
}

/**
 * What has waited longest comes first, and counts towards nobody's share: so everything comes some day. Then what is
 * gone; then items by rank, in which what has waited stands before what is new.
 */
export function inTurn(
  candidates: readonly ChangeCandidate[],
  due: readonly string[],
  rank: Rank,
): readonly ChangeCandidate[] {
  const turns = new Map(due.map((key, turn) => [key, turn]));
  const turnOf = ({ key }: Candidate): number => turns.get(key) ?? due.length;
  const [longest] = candidates
    .filter(({ key }) => turns.has(key))
    .toSorted((a, b) => turnOf(a) - turnOf(b));
  const rest = candidates.filter((candidate) => candidate !== longest);
  const goneOnes = rest.filter(({ header }) => header === undefined);
  const headers = new Map<ItemHeader, ChangeCandidate>();
  for (const candidate of rest)
    if (candidate.header !== undefined) headers.set(candidate.header, candidate);
  const order = inOrder(rank, (header) => turnOf(headers.get(header) as ChangeCandidate));
  const items = [...headers.keys()].toSorted(order);
  return [
    ...(longest === undefined ? [] : [{ ...longest, author: undefined }]),
    ...goneOnes.toSorted((a, b) => turnOf(a) - turnOf(b)),
    ...items.map((header) => headers.get(header) as ChangeCandidate),
  ];
}

function gone(key: string): ChangeCandidate {
  const line = removedLine(key);
  return {
    key,
    author: undefined,
    change: "gone",
    header: undefined,
    entry: { line, label: line },
  };
}

function differing(
  item: Item | CorruptItem,
  change: "new" | "updated",
  most: number,
): ChangeCandidate {
  const { key, author = null } = item;
  if ("error" in item) {
    const { error: _, ...header } = item;
    const line = unreadableLine(header, change);
    return { key, author, change, header, entry: { line, label: line } };
  }
  const { value: _, ...header } = item;
  const line = itemLine(item, change);
  const isWorthIt = line.length <= most * MOST_CHARACTERS;
  const entry = { line: isWorthIt ? line : undefined, label: labelLine(header, change) };
  return { key, author, change, header, entry };
}
