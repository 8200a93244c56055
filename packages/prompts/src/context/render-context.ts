import type { AgentContext, MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import { Fence, newMark } from "../fence/fence.ts";
import { itemLine, labelLine, unreadableLine } from "../lines/item-line.ts";
import { omittedLine } from "../lines/omitted-line.ts";
import { fit } from "../packing/fit.ts";
import { type Entry, pack } from "../packing/pack.ts";
import { inOrder, toRank } from "../selection/priority.ts";
import { readItems } from "../selection/read-items.ts";
import { isYoung, oldest, scan } from "../selection/scan.ts";
import { isSelected, selectionText } from "../selection/selection.ts";
import { toBudget } from "../tokens/budget.ts";
import { checkContextOptions, CONTEXT, type ContextOptions } from "./context-options.ts";
import { holderOf } from "./context-state.ts";
import { type ItemCandidate, toCandidate, toShownItem } from "./item-candidate.ts";
import type { RenderedContext } from "./rendered-context.ts";

/**
 * The items that an agent can see (R1), as a fenced block of text within a budget: a line of JSON for each item, with its
 * key, its author as recorded by the mesh, revision and time.
 * @throws INVALID_ARGUMENTS for invalid options, such as a budget that the fence alone exceeds
 */
export async function renderContext(
  agent: AgentContext<MeshSchema>,
  options: ContextOptions = {},
): Promise<RenderedContext> {
  checkOptions(options, CONTEXT);
  return drawContext(agent as unknown as AgentContext, options, false);
}

/** With `replacesAll`, the block says that it replaces all earlier blocks, and is not empty even without items. */
export async function drawContext(
  agent: AgentContext,
  options: ContextOptions,
  replacesAll: boolean,
): Promise<RenderedContext> {
  const maxItems = checkContextOptions(options);
  const budget = toBudget(options.budget);
  const fence = new Fence("context", options.mark ?? newMark(), replacesAll);
  const rank = toRank(options.priority);
  // The place first: what is written while the items are read is told once more, never left out.
  const { cursor, at } = await agent.changes();
  const { headers, more } = await scan(agent, options, at, maxItems);
  const candidates = headers.toSorted(inOrder(rank)).map(toCandidate);
  const after = oldest(at, options.maxAge);

  /** What is there now, which may be later than the listing. */
  const load = async (part: readonly ItemCandidate[]): Promise<(Entry | undefined)[]> => {
    const found = await readItems(
      agent,
      part.map(({ key }) => key),
    );
    return part.map((candidate) => {
      const item = found.get(candidate.key);
      if (item === undefined || !isSelected(item, options) || !isYoung(item, after))
        return undefined;
      candidate.header = item;
      return "error" in item
        ? { line: unreadableLine(item), label: unreadableLine(item) }
        : { line: itemLine(item), label: labelLine(item) };
    });
  };
  const around = (lines: readonly string[]): string => fence.around(lines);
  const { draft, text, tokens } = await fit(budget, maxItems, around, async (room) => {
    const packing = await pack(candidates, load, room, budget);
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
      .filter(({ isWhole }) => isWhole)
      .map(({ candidate: { key, header }, tokens: own }) => ({
        key,
        revision: header.revision,
        tokens: own,
      })),
    omitted,
    more,
    state: {
      version: 1,
      ...holderOf(agent),
      selection: selectionText(options),
      cursor,
      events: cursor,
      shown: packed.map(({ candidate }) => toShownItem(candidate.header)),
      pending: [],
    },
  };
}
