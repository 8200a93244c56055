import type { AgentContext, Cursor, ItemHeader, MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import { Fence, newMark } from "../block/fence.ts";
import { itemLine, omittedValueLine } from "../block/lines.ts";
import { endOfEvents } from "../events/events-end.ts";
import { NO_EVENTS, type RenderedEvents } from "../events/rendered-events.ts";
import { fit } from "../packing/fit.ts";
import type { Candidate, Entry, UnreadableEntry } from "../packing/pack.ts";
import { type EventsWithin, packWithEvents } from "../packing/pack-with-events.ts";
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
  return renderFirstBlock(agent as unknown as AgentContext, options);
}

/** Renders the start of a conversation. Its events are those that follow. */
export async function renderFirstBlock(
  agent: AgentContext,
  options: ContextOptions,
): Promise<RenderedContext> {
  // Read before the items: an event that follows is never lost.
  const cursor = await endOfEvents(agent);
  const events = async (): Promise<RenderedEvents> => ({ ...NO_EVENTS, cursor });
  const { rendered } = await renderBlock(agent, options, { replacesAll: false, events, cursor });
  return rendered;
}

interface BlockEvents {
  /** Whether the block states that it replaces all earlier blocks; it is then rendered even without items. */
  readonly replacesAll: boolean;
  readonly events: EventsWithin;
  /** The position of events until one is rendered. */
  readonly cursor: Cursor;
  readonly eventsFirst?: boolean | undefined;
}

/** Renders all selected items. */
export async function renderBlock(
  agent: AgentContext,
  options: ContextOptions,
  { replacesAll, events: eventsWithin, cursor: eventsCursor, eventsFirst = false }: BlockEvents,
): Promise<{ rendered: RenderedContext; events: RenderedEvents }> {
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
  const load = async (
    batch: readonly ItemCandidate[],
  ): Promise<(Entry | UnreadableEntry | undefined)[]> => {
    const keys = batch.map(({ key }) => key);
    const items = await readItems(agent, keys);
    return batch.map((candidate) => {
      const item = items.get(candidate.key);
      if (item === undefined || !isSelected(item, options) || !isRecent(item, after))
        return undefined;
      candidate.header = item;
      return "error" in item
        ? { unreadable: true, label: omittedValueLine(item, "unreadable") }
        : { line: itemLine(item), label: omittedValueLine(item, "too_large") };
    });
  };
  const { draft, text, tokens } = await fit(budget, maxItems, fence, (capacity) =>
    packWithEvents(candidates, load, capacity, budget, {
      events: eventsWithin,
      // What a full block omits does not come again, unlike events.
      itemsFirst: !eventsFirst,
      more,
    }),
  );
  const { packed, omitted, events, lines } = draft;
  const isEmpty = lines.length === 0 && !replacesAll;
  const rendered: RenderedContext = {
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
    more: more || events.more,
    state: {
      version: 1,
      ...ownerOf(agent),
      selection: selectionText(options),
      cursor,
      events: events.cursor ?? eventsCursor,
      shown: packed.map(({ candidate }) => toShownItem(candidate.header)),
      pending: [],
      ...(events.more && events.lines.length === 0 && { eventsFirst: true }),
    },
  };
  return { rendered, events };
}
