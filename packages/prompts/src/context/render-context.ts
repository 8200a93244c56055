import type { AgentContext, ItemHeader, MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import { Fence, newMark } from "../block/fence.ts";
import { itemLine, omittedLine, omittedValueLine } from "../block/lines.ts";
import { fit } from "../packing/fit.ts";
import { type Candidate, type Entry, pack } from "../packing/pack.ts";
import { byRank, toRank } from "../selection/priority.ts";
import { readItems } from "../selection/read-items.ts";
import { scan } from "../selection/scan.ts";
import { isRecent, isSelected, minimumTime, selectionText } from "../selection/selection.ts";
import { toBudget } from "../tokens/budget.ts";
import { checkContextOptions, CONTEXT, type ContextOptions } from "./context-options.ts";
import { ownerOf, toShownItem } from "./context-state.ts";
import type { RenderedContext } from "./rendered-context.ts";

interface ItemCandidate extends Candidate {
  /** As it was read last. */
  header: ItemHeader;
}

/**
 * Renders the items that an agent can see as a fenced block of text within a budget. Each item is one line of JSON with its
 * key, its author as recorded by the mesh, its revision, its time and its value.
 * @throws INVALID_ARGUMENTS for invalid options, such as a budget that the fence alone exceeds
 * @example
 * const { text, omitted } = await renderContext(agent, { topics: ["work"], budget: { tokens: 1_000 } });
 * @see {@link renderChanges} for the changes after this block, {@link ContextThread} for both
 */
export async function renderContext(
  agent: AgentContext<MeshSchema>,
  options: ContextOptions = {},
): Promise<RenderedContext> {
  checkOptions(options, CONTEXT);
  return renderBlock(agent as unknown as AgentContext, options, false);
}

/** With `replacesAll`, the block states that it replaces all earlier blocks, and is rendered even without items. */
export async function renderBlock(
  agent: AgentContext,
  options: ContextOptions,
  replacesAll: boolean,
): Promise<RenderedContext> {
  const maxItems = checkContextOptions(options);
  const budget = toBudget(options.budget);
  const fence = new Fence("context", options.mark ?? newMark(), replacesAll);
  const rank = toRank(options.priority);
  // The cursor is read before the items: a concurrent write may be reported twice, but is never lost.
  const { cursor, at } = await agent.changes();
  const { headers, more } = await scan(agent, options, at, maxItems);
  const candidates = headers
    .toSorted(byRank(rank))
    .map((header): ItemCandidate => ({ key: header.key, author: header.author ?? null, header }));
  const after = minimumTime(at, options);

  /** Reads the current items, which may be later than the scan. */
  const load = async (batch: readonly ItemCandidate[]): Promise<(Entry | undefined)[]> => {
    const keys = batch.map(({ key }) => key);
    const items = await readItems(agent, keys);
    return batch.map((candidate) => {
      const item = items.get(candidate.key);
      if (item === undefined || !isSelected(item, options) || !isRecent(item, after))
        return undefined;
      candidate.header = item;
      if (!("error" in item))
        return { line: itemLine(item), label: omittedValueLine(item, "too_large") };
      const line = omittedValueLine(item, "unreadable");
      return { line, label: line };
    });
  };
  const { draft, text, tokens } = await fit(budget, maxItems, fence, async (capacity) => {
    const packing = await pack(candidates, load, capacity, budget);
    const note = omittedLine(packing.omitted, more);
    const lines = packing.packed.map(({ line }) => line);
    return { ...packing, lines: note === undefined ? lines : [...lines, note] };
  });
  const { packed, omitted, lines } = draft;
  const isEmpty = lines.length === 0 && !replacesAll;
  return {
    text: isEmpty ? "" : text,
    tokens: isEmpty ? 0 : tokens,
    included: packed
      .filter(({ isComplete }) => isComplete)
      .map(({ candidate: { key, header }, tokens: lineTokens }) => ({
        key,
        revision: header.revision,
        tokens: lineTokens,
      })),
    omitted,
    more,
    state: {
      version: 1,
      ...ownerOf(agent),
      selection: selectionText(options),
      cursor,
      events: cursor,
      shown: packed.map(({ candidate }) => toShownItem(candidate.header)),
      pending: [],
    },
  };
}
