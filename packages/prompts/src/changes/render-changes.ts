import { type AgentContext, isSynthaError, type MeshSchema } from "@syntha/core";
import { checkOptions } from "@syntha/core/storage";
import {
  checkState,
  type ContextState,
  holderOf,
  type ShownItem,
} from "../context/context-state.ts";
import type { RenderedContext } from "../context/rendered-context.ts";
import { drawContext } from "../context/render-context.ts";
import { Fence, newMark } from "../fence/fence.ts";
import { omittedLine } from "../lines/omitted-line.ts";
import { fit } from "../packing/fit.ts";
import { pack } from "../packing/pack.ts";
import { toRank } from "../selection/priority.ts";
import { selectionText } from "../selection/selection.ts";
import { toBudget } from "../tokens/budget.ts";
import { toShownItem } from "../context/item-candidate.ts";
import { differences, inTurn } from "./change-candidate.ts";
import { CHANGES, type ChangesOptions, checkChangesOptions } from "./changes-options.ts";
import { renderEvents } from "./rendered-events.ts";
import { type Gap, type ChangedKeys, changedKeysSince } from "./changed-keys.ts";

/** Why a full block was rendered instead of the changes. */
export type FullReason = "FIRST" | "SELECTION_CHANGED" | Gap;

export interface RenderedChanges extends RenderedContext {
  /** The changes; or a full block that replaces everything before; or nothing, with an empty text. */
  readonly kind: "changes" | "full" | "none";
  /** Why the block is full. */
  readonly reason: FullReason | undefined;
  /** Ids of events in the text. */
  readonly events: readonly string[];
}

/**
 * The items that are new, updated or gone for an agent since the state of its last prompt: each key once, with its current
 * value. Changes that do not fit stay pending and come with a later call. A full block, with the reason, if the log has been
 * compacted.
 * @throws INVALID_ARGUMENTS for a state of another agent, and for invalid options
 */
export async function renderChanges(
  agent: AgentContext<MeshSchema>,
  state: ContextState,
  options: ChangesOptions = {},
): Promise<RenderedChanges> {
  checkOptions(options, CHANGES);
  return drawChanges(agent as unknown as AgentContext, state, options);
}

async function drawChanges(
  agent: AgentContext,
  state: ContextState,
  options: ChangesOptions,
): Promise<RenderedChanges> {
  const maxChanges = checkChangesOptions(options);
  checkState(state, agent);
  if (state.selection !== selectionText(options))
    return drawAll(agent, options, "SELECTION_CHANGED", state);
  const touched = await changedKeysSince(agent, state, options, maxChanges);
  if (typeof touched === "string") return drawAll(agent, options, touched, state);
  const names = [...new Set([...state.pending, ...touched.keys])];
  // What waits is looked at in each step, so it may not grow without end.
  if (names.length > maxChanges) return drawAll(agent, options, "TOO_MANY_CHANGES", state);
  try {
    return await drawDifferences(agent, state, names, touched, options);
  } catch (error) {
    // Only places of events are read from here on.
    if (!isSynthaError(error, "CURSOR_COMPACTED") && !isSynthaError(error, "INVALID_CURSOR"))
      throw error;
    return drawAll(agent, options, error.code);
  }
}

/** All selected items, as the start of a conversation or as the replacement of `before`. */
export async function drawAll(
  agent: AgentContext,
  options: ChangesOptions,
  reason: FullReason,
  before?: ContextState,
): Promise<RenderedChanges> {
  checkChangesOptions(options);
  const drawn = await drawContext(agent, options, reason !== "FIRST");
  return {
    ...drawn,
    kind: drawn.text === "" ? "none" : "full",
    reason,
    events: [],
    // Events have a place of their own: none is passed over.
    state: { ...drawn.state, events: before?.events ?? drawn.state.events },
  };
}

async function drawDifferences(
  agent: AgentContext,
  state: ContextState,
  names: readonly string[],
  { cursor, at }: ChangedKeys,
  options: ChangesOptions,
): Promise<RenderedChanges> {
  const budget = toBudget(options.budget);
  const fence = new Fence("context-changes", options.mark ?? newMark());
  const told = new Map<string, ShownItem>(state.shown.map((each) => [each[0], each]));
  const found = await differences(agent, names, told, at, budget.tokens, options);
  const candidates = inTurn(found, state.pending, toRank(options.priority));

  const around = (lines: readonly string[]): string => fence.around(lines);
  const { draft, text, tokens } = await fit(budget, names.length, around, async (room) => {
    const load = async (part: typeof candidates) => part.map(({ entry }) => entry);
    const half = Math.floor(room / 2);
    const eventsIn = async (left: number) =>
      options.events
        ? renderEvents(agent, state.events, options, half, Math.min(half, left), budget)
        : { lines: [], ids: [], tokens: 0, unnamed: 0, cursor, more: false };
    const itemsBeside = (taken: number) => pack(candidates, load, room, budget, taken);
    let packing = state.itemsFirst ? await itemsBeside(0) : undefined;
    const taken = packing?.packed.reduce((sum, { tokens: own }) => sum + own, 0) ?? 0;
    const events = await eventsIn(room - taken);
    packing ??= await itemsBeside(events.tokens);
    const note = omittedLine(packing.omitted, events.more, events.unnamed);
    const lines = [...packing.packed.map(({ line }) => line), ...events.lines];
    return { ...packing, events, lines: note === undefined ? lines : [...lines, note] };
  });

  const { packed, omitted, waiting, events, lines } = draft;
  const waits = new Set(waiting.map(({ key }) => key));
  // What is neither there nor waits is more than any block takes, even by name: it is not tried again as it is.
  for (const { key, header } of candidates) {
    if (waits.has(key)) continue;
    if (header === undefined) told.delete(key);
    else told.set(key, toShownItem(header));
  }
  const pending = [...new Set([...state.pending.filter((key) => waits.has(key)), ...waits])];
  const [longest] = candidates;
  const itemsFirst = events.lines.length > 0 && longest !== undefined && waits.has(longest.key);
  const isEmpty = lines.length === 0;
  return {
    kind: isEmpty ? "none" : "changes",
    reason: undefined,
    text: isEmpty ? "" : text,
    tokens: isEmpty ? 0 : tokens,
    included: packed
      .filter(({ isWhole }) => isWhole)
      .map(({ candidate: { key, change, header }, tokens: own }) => ({
        key,
        change,
        revision: header?.revision,
        tokens: own,
      })),
    omitted,
    more: events.more,
    events: events.ids,
    state: {
      version: 1,
      ...holderOf(agent),
      selection: state.selection,
      cursor,
      events: events.cursor,
      shown: [...told.values()],
      pending,
      ...(itemsFirst && { itemsFirst }),
    },
  };
}
