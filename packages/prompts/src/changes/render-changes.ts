import { type AgentContext, type Cursor, isSynthaError, type MeshSchema } from "@syntha/core";
import { checkOptions, parseCursor } from "@syntha/core/storage";
import { Fence, newMark } from "../block/fence.ts";
import {
  checkState,
  type ContextState,
  ownerOf,
  type ShownItem,
  toShownItem,
} from "../context/context-state.ts";
import { renderBlock, renderFirstBlock } from "../context/render-context.ts";
import type { RenderedContext } from "../context/rendered-context.ts";
import { endOfEvents } from "../events/events-end.ts";
import { NO_EVENTS, renderEvents } from "../events/rendered-events.ts";
import { fit } from "../packing/fit.ts";
import { type EventsWithin, packWithEvents } from "../packing/pack-with-events.ts";
import { toRank } from "../selection/priority.ts";
import { selectionText } from "../selection/selection.ts";
import { type Budget, toBudget } from "../tokens/budget.ts";
import { type ChangedKeys, changedKeysSince, type ChangesUnavailable } from "./changed-keys.ts";
import { CHANGES, type ChangesOptions, checkChangesOptions } from "./changes-options.ts";
import { changedItems, orderChanges } from "./item-changes.ts";

/**
 * Why a full block was rendered instead of the changes. `EVENTS_COMPACTED`: events that were not rendered yet were removed;
 * those that are retained follow.
 */
export type FullBlockReason =
  | "FIRST"
  | "SELECTION_CHANGED"
  | "EVENTS_COMPACTED"
  | ChangesUnavailable;

/** The result of {@link renderChanges}. */
export interface RenderedChanges extends RenderedContext {
  /** `full` is a block that replaces everything before; `none` has an empty text. */
  readonly kind: "changes" | "full" | "none";
  /** Why the block is full; undefined for changes. */
  readonly reason: FullBlockReason | undefined;
  /** Ids of events in the text. */
  readonly events: readonly string[];
}

/**
 * Renders the items that are new, updated or removed for an agent since the state of its last prompt: each key once, with its
 * current value. Changes that do not fit stay pending and are included by a later call. Renders a full block, and returns the
 * reason, if the changes are not available, such as when the log has been compacted.
 * @param state `state` of the last {@link renderContext} or `renderChanges` for this agent
 * @throws INVALID_ARGUMENTS for a state of another agent, and for invalid options
 * @example
 * const first = await renderContext(agent);
 * const next = await renderChanges(agent, first.state); // append next.text to the conversation
 */
export async function renderChanges(
  agent: AgentContext<MeshSchema>,
  state: ContextState,
  options: ChangesOptions = {},
): Promise<RenderedChanges> {
  checkOptions(options, CHANGES);
  return renderStep(agent as unknown as AgentContext, state, options);
}

async function renderStep(
  agent: AgentContext,
  state: ContextState,
  options: ChangesOptions,
): Promise<RenderedChanges> {
  const maxChanges = checkChangesOptions(options);
  checkState(state, agent);
  const changes = await findChanges(agent, state, options, maxChanges);
  const renderAll = (reason: FullBlockReason, since: Cursor | undefined) =>
    renderFullBlock(agent, options, reason, state, since);
  try {
    return typeof changes === "string"
      ? await renderAll(changes, state.events)
      : await renderItemChanges(agent, state, changes, options);
  } catch (error) {
    // Only the cursor of events is used above.
    if (isSynthaError(error, "CURSOR_COMPACTED"))
      return renderAll("EVENTS_COMPACTED", await retainedEvents(agent, state));
    if (isSynthaError(error, "INVALID_CURSOR"))
      return renderAll("INVALID_CURSOR", await endOfEvents(agent));
    throw error;
  }
}

/** The keys to compare, or why all items are rendered. */
async function findChanges(
  agent: AgentContext,
  state: ContextState,
  options: ChangesOptions,
  maxChanges: number,
): Promise<ChangedKeys | FullBlockReason> {
  if (state.selection !== selectionText(options)) return "SELECTION_CHANGED";
  const changed = await changedKeysSince(agent, state, options, maxChanges);
  if (typeof changed === "string") return changed;
  const keys = new Set([...state.pending, ...changed.keys]);
  // Each step reads all pending keys, so their number is limited too.
  return keys.size > maxChanges ? "TOO_MANY_CHANGES" : { ...changed, keys };
}

/** Where events start after some were removed: undefined for the oldest retained one, since removed ones precede it. */
async function retainedEvents(
  agent: AgentContext,
  { events }: ContextState,
): Promise<Cursor | undefined> {
  const { eventFingerprint, position } = parseCursor(events);
  // A state of an earlier version has a cursor of the log: retained events may precede it.
  const isFromLog = eventFingerprint === undefined && position > 0;
  return isFromLog ? endOfEvents(agent) : undefined;
}

/** Renders all selected items as the start of a conversation. */
export async function renderStart(
  agent: AgentContext,
  options: ChangesOptions,
): Promise<RenderedChanges> {
  checkChangesOptions(options);
  const block = await renderFirstBlock(agent, options);
  return { ...block, kind: block.text === "" ? "none" : "full", reason: "FIRST", events: [] };
}

/** Renders all selected items, which replace what a conversation contains, and the events after `since`. */
async function renderFullBlock(
  agent: AgentContext,
  options: ChangesOptions,
  reason: FullBlockReason,
  before: ContextState,
  since: Cursor | undefined,
): Promise<RenderedChanges> {
  const { rendered, events } = await renderBlock(agent, options, {
    replacesAll: true,
    events: eventsAfter(agent, since, options, toBudget(options.budget)),
    cursor: before.events,
    // Without a position, at least one event must be rendered to have one.
    eventsFirst: before.eventsFirst === true || since === undefined,
  });
  return { ...rendered, kind: "full", reason, events: events.ids };
}

function eventsAfter(
  agent: AgentContext,
  since: Cursor | undefined,
  options: ChangesOptions,
  budget: Budget,
): EventsWithin {
  return async (capacity, maxTokens) =>
    options.events
      ? renderEvents(agent, since, options, maxTokens, capacity, budget)
      : { ...NO_EVENTS, cursor: since };
}

async function renderItemChanges(
  agent: AgentContext,
  state: ContextState,
  { keys, cursor, at }: ChangedKeys,
  options: ChangesOptions,
): Promise<RenderedChanges> {
  const budget = toBudget(options.budget);
  const fence = new Fence("context-changes", options.mark ?? newMark());
  const shown = new Map<string, ShownItem>(state.shown.map((each) => [each[0], each]));
  const changes = await changedItems(agent, [...keys], shown, at, budget.tokens, options);
  const candidates = orderChanges(changes, state.pending, toRank(options.priority));

  const load = async (batch: typeof candidates) => batch.map(({ entry }) => entry);
  const { draft, text, tokens } = await fit(budget, keys.size, fence, (capacity) =>
    packWithEvents(candidates, load, capacity, budget, {
      events: eventsAfter(agent, state.events, options, budget),
      itemsFirst: state.itemsFirst === true,
      more: false,
    }),
  );
  const { packed, omitted, events, lines } = draft;
  const pendingKeys = new Set(draft.pending.map(({ key }) => key));
  // A change that is neither included nor pending exceeds any block, even without its value: it is not tried again.
  for (const { key, header } of candidates) {
    if (pendingKeys.has(key)) continue;
    if (header === undefined) shown.delete(key);
    else shown.set(key, toShownItem(header));
  }
  const pending = [
    ...new Set([...state.pending.filter((key) => pendingKeys.has(key)), ...pendingKeys]),
  ];
  const [longest] = candidates;
  const itemsFirst =
    events.lines.length > 0 && longest !== undefined && pendingKeys.has(longest.key);
  const isEmpty = lines.length === 0;
  return {
    kind: isEmpty ? "none" : "changes",
    reason: undefined,
    text: isEmpty ? "" : text,
    tokens: isEmpty ? 0 : tokens,
    included: packed
      .filter(({ isComplete }) => isComplete)
      .map(({ candidate: { key, change, header }, tokens: lineTokens }) => ({
        key,
        change,
        revision: header?.revision,
        tokens: lineTokens,
      })),
    omitted,
    more: events.more,
    events: events.ids,
    state: {
      version: 1,
      ...ownerOf(agent),
      selection: state.selection,
      cursor,
      events: events.cursor ?? state.events,
      shown: [...shown.values()],
      pending,
      ...(itemsFirst && { itemsFirst }),
    },
  };
}
