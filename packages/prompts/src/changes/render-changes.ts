import { type AgentContext, isSynthaError, type MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import { Fence, newMark } from "../block/fence.ts";
import { omittedLine } from "../block/lines.ts";
import {
  checkState,
  type ContextState,
  ownerOf,
  type ShownItem,
  toShownItem,
} from "../context/context-state.ts";
import { renderBlock } from "../context/render-context.ts";
import type { RenderedContext } from "../context/rendered-context.ts";
import { fit } from "../packing/fit.ts";
import { pack } from "../packing/pack.ts";
import { toRank } from "../selection/priority.ts";
import { selectionText } from "../selection/selection.ts";
import { toBudget } from "../tokens/budget.ts";
import { type ChangedKeys, changedKeysSince, type ChangesUnavailable } from "./changed-keys.ts";
import { CHANGES, type ChangesOptions, checkChangesOptions } from "./changes-options.ts";
import { changedItems, orderChanges } from "./item-changes.ts";
import { renderEvents } from "./rendered-events.ts";

/** Why a full block was rendered instead of the changes. */
export type FullBlockReason = "FIRST" | "SELECTION_CHANGED" | ChangesUnavailable;

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
  if (state.selection !== selectionText(options))
    return renderFullBlock(agent, options, "SELECTION_CHANGED", state);
  const changed = await changedKeysSince(agent, state, options, maxChanges);
  if (typeof changed === "string") return renderFullBlock(agent, options, changed, state);
  const keys = [...new Set([...state.pending, ...changed.keys])];
  // Each step reads all pending keys, so their number is limited too.
  if (keys.length > maxChanges) return renderFullBlock(agent, options, "TOO_MANY_CHANGES", state);
  try {
    return await renderItemChanges(agent, state, keys, changed, options);
  } catch (error) {
    // From here on, only the cursor of events is used.
    if (!isSynthaError(error, "CURSOR_COMPACTED") && !isSynthaError(error, "INVALID_CURSOR"))
      throw error;
    return renderFullBlock(agent, options, error.code);
  }
}

/** Renders all selected items, as the start of a conversation or as the replacement of `before`. */
export async function renderFullBlock(
  agent: AgentContext,
  options: ChangesOptions,
  reason: FullBlockReason,
  before?: ContextState,
): Promise<RenderedChanges> {
  checkChangesOptions(options);
  const block = await renderBlock(agent, options, reason !== "FIRST");
  return {
    ...block,
    kind: block.text === "" ? "none" : "full",
    reason,
    events: [],
    // Events have their own cursor, so that a full block skips none.
    state: { ...block.state, events: before?.events ?? block.state.events },
  };
}

async function renderItemChanges(
  agent: AgentContext,
  state: ContextState,
  keys: readonly string[],
  { cursor, at }: ChangedKeys,
  options: ChangesOptions,
): Promise<RenderedChanges> {
  const budget = toBudget(options.budget);
  const fence = new Fence("context-changes", options.mark ?? newMark());
  const shown = new Map<string, ShownItem>(state.shown.map((each) => [each[0], each]));
  const changes = await changedItems(agent, keys, shown, at, budget.tokens, options);
  const candidates = orderChanges(changes, state.pending, toRank(options.priority));

  const { draft, text, tokens } = await fit(budget, keys.length, fence, async (capacity) => {
    const load = async (batch: typeof candidates) => batch.map(({ entry }) => entry);
    const half = Math.floor(capacity / 2);
    const eventsWithin = async (left: number) =>
      options.events
        ? renderEvents(agent, state.events, options, half, Math.min(half, left), budget)
        : { lines: [], ids: [], tokens: 0, tooLarge: 0, cursor, more: false };
    const packBeside = (used: number) => pack(candidates, load, capacity, budget, used);
    let packing = state.itemsFirst ? await packBeside(0) : undefined;
    const used = packing?.packed.reduce((sum, line) => sum + line.tokens, 0) ?? 0;
    const events = await eventsWithin(capacity - used);
    packing ??= await packBeside(events.tokens);
    const note = omittedLine(packing.omitted, events.more, events.tooLarge);
    const lines = [...packing.packed.map(({ line }) => line), ...events.lines];
    return { ...packing, events, lines: note === undefined ? lines : [...lines, note] };
  });

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
      events: events.cursor,
      shown: [...shown.values()],
      pending,
      ...(itemsFirst && { itemsFirst }),
    },
  };
}
