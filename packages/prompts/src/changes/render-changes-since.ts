import type { AgentContext, ChangeListing, Cursor, ItemHeader, MeshSchema } from "@syntha/core";
import { checkFlag, checkOptions, knownOptions } from "@syntha/core/storage";
import { Fence, newMark } from "../block/fence.ts";
import {
  eventLine,
  type ItemChange,
  itemLine,
  omittedDataLine,
  omittedLine,
  omittedValueLine,
  removedLine,
} from "../block/lines.ts";
import { MAX_CHARACTERS_PER_TOKEN } from "../packing/pack.ts";
import { readItems } from "../selection/read-items.ts";
import { isSelected } from "../selection/selection.ts";
import {
  type Budget,
  type BudgetWithoutShare,
  checkFenceFits,
  toBudgetWithoutShare,
} from "../tokens/budget.ts";

/** Options of {@link renderChangesSince}. */
export interface ChangesSinceOptions {
  /** Only items and events on at least one of these topics. */
  readonly topics?: readonly string[] | undefined;
  /** Leaves out what the agent itself wrote last. @default false */
  readonly ofOthers?: boolean | undefined;
  /** The tokens that the block may use. */
  readonly budget?: BudgetWithoutShare | undefined;
  /**
   * The mark of the fence: 1 to 64 letters, digits, `_` or `-`. Set it only for reproducible output.
   * @default a random mark
   */
  readonly mark?: string | undefined;
}

/** The result of {@link renderChangesSince}. */
export interface RenderedChangesSince {
  /** The block with its fence; empty if nothing changed. */
  readonly text: string;
  /** Tokens of the text, as the budget counts them. */
  readonly tokens: number;
  /** Pass it as the cursor of the next call. */
  readonly cursor: Cursor;
  /** Whether more changes exist already: they did not fit. */
  readonly more: boolean;
}

const OPTIONS = knownOptions<ChangesSinceOptions>("renderChangesSince", {
  topics: true,
  ofOthers: true,
  budget: true,
  mark: true,
});

const ONE_OMITTED = omittedLine([], false, 1) as string;

/** Changes per block at most; fewer if they do not fit. */
const PAGE_SIZE = 256;

/**
 * Renders the items and events that changed for an agent after a cursor, oldest first: as many as fit, and the cursor after
 * them. Each key is shown once, with its current value. It needs no state, for readers that keep only a cursor; in a
 * conversation, {@link renderChanges} omits what the conversation already contains.
 * @throws CURSOR_COMPACTED if the log no longer holds what follows the cursor; INVALID_CURSOR; CORRUPT_DATA if the log is
 * damaged there; INVALID_ARGUMENTS for invalid options
 * @example
 * const { text, cursor, more } = await renderChangesSince(agent, lastCursor, { budget: { tokens: 2_000 } });
 */
export async function renderChangesSince(
  agent: AgentContext<MeshSchema>,
  cursor: Cursor,
  options: ChangesSinceOptions = {},
): Promise<RenderedChangesSince> {
  checkOptions(options, OPTIONS);
  const budget = toBudgetWithoutShare("renderChangesSince", options.budget);
  const fence = new Fence("context-changes", options.mark ?? newMark());
  checkFenceFits(fence.enclose([ONE_OMITTED]), budget);
  const { topics, ofOthers = false } = options;
  checkFlag("ofOthers", ofOthers);
  const untyped = agent as unknown as AgentContext;
  const selection = { topics, ofOthers };
  let since = cursor;
  for (let limit = PAGE_SIZE; ; limit = Math.floor(limit / 2)) {
    let page = await untyped.changes({ since, topics, limit });
    const linesOf = (changes: readonly Change[]): Promise<string[]> =>
      toLines(untyped, changes, selection, (line, label) => shorten(line, label, fence, budget));
    let lines = await linesOf(page.changes);
    while (lines.length === 0 && page.more) {
      since = page.cursor;
      page = await untyped.changes({ since, topics, limit });
      lines = await linesOf(page.changes);
    }
    const text = lines.length === 0 ? "" : fence.enclose(lines);
    const tokens = text === "" ? 0 : budget.count(text);
    if (tokens <= budget.tokens || limit === 1)
      return { text, tokens, cursor: page.cursor, more: page.more };
  }
}

type Change = ChangeListing["changes"][number];

/** One line for each key and event, in the order of their last change. */
async function toLines(
  agent: AgentContext,
  changes: readonly Change[],
  { topics, ofOthers }: { topics: readonly string[] | undefined; ofOthers: boolean },
  shorten: (line: string, label: string) => string,
): Promise<string[]> {
  const last = new Map<string, Change>();
  for (const change of changes) {
    if (isDamagedEvent(change)) continue;
    const id = idOf(change);
    last.delete(id);
    last.set(id, change);
  }
  const items = await readItems(
    agent,
    [...last.values()].filter(({ type }) => type !== "event").map(idOf),
  );
  const self = agent.isSystem ? undefined : agent.name;
  // Who removed an item is unknown: that is always shown.
  const isOwn = (change: Change): boolean => {
    const written = change.type === "event" ? change.event : items.get(idOf(change));
    return written !== undefined && written.author === self;
  };
  const shown = [...last.values()].filter((change) => !ofOthers || !isOwn(change));
  return shown.map((change) => {
    if (change.type === "event")
      return shorten(eventLine(change.event), omittedDataLine(change.event));
    const item = items.get(idOf(change));
    if (item === undefined || !isSelected(item, { topics })) {
      const line = removedLine(idOf(change));
      return shorten(line, line);
    }
    if ("error" in item) {
      const line = omittedValueLine(item, "unreadable", changeOf(item));
      return shorten(line, line);
    }
    const label = omittedValueLine(item, "too_large", changeOf(item));
    return shorten(itemLine(item, changeOf(item)), label);
  });
}

/** The line if it fits into a block alone, else its label, else the line that counts omitted ones. */
function shorten(line: string, label: string, fence: Fence, budget: Budget): string {
  const fits = (text: string): boolean =>
    text.length <= budget.tokens * MAX_CHARACTERS_PER_TOKEN &&
    budget.count(fence.enclose([text])) <= budget.tokens;
  return [line, label].find(fits) ?? ONE_OMITTED;
}

/** The key of an item; for an event, text that is not a key. @throws CORRUPT_DATA if what changed is unknown */
function idOf(change: Change): string {
  if (change.type === "put") return change.item.key;
  if (change.type === "event") return `\0${change.event.id}`;
  if (change.type === "corrupt" && change.key === undefined) throw change.error;
  return change.key as string;
}

function isDamagedEvent(change: Change): boolean {
  return change.type === "corrupt" && change.error.details.event !== undefined;
}

/** An item that was written once is new to every reader. */
function changeOf({ createdAt, updatedAt }: ItemHeader): ItemChange {
  return createdAt.getTime() === updatedAt.getTime() ? "new" : "updated";
}
