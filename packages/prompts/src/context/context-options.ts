import { SynthaError } from "@syntha/core";
import { type KnownOptions, knownOptions } from "@syntha/core/storage";
import { type Priority, toRank } from "../selection/priority.ts";
import { checkSelection, type Selection } from "../selection/selection.ts";
import type { BudgetOptions } from "../tokens/budget.ts";

/** Options of {@link renderContext}. */
export interface ContextOptions extends Selection {
  /**
   * Which items come first. Items of equal priority are ordered by their last write, the latest first.
   * @default the latest write first
   */
  readonly priority?: Priority | undefined;
  /** The tokens that the block may use. */
  readonly budget?: BudgetOptions | undefined;
  /**
   * How many items are scanned, in key order, to find the first by priority; at most 100,000. The scan reads no values.
   * @default 10_000
   */
  readonly maxItems?: number | undefined;
  /**
   * The mark of the fence: 1 to 64 letters, digits, `_` or `-`. Set it only for reproducible output.
   * @default a random mark
   */
  readonly mark?: string | undefined;
}

export const CONTEXT_OPTION_NAMES = {
  topics: true,
  keys: true,
  prefix: true,
  authors: true,
  maxAge: true,
  state: true,
  priority: true,
  budget: true,
  maxItems: true,
  mark: true,
} as const satisfies Record<keyof ContextOptions, true>;

export const CONTEXT: KnownOptions = knownOptions<ContextOptions>(
  "renderContext",
  CONTEXT_OPTION_NAMES,
);

const DEFAULT_MAX_ITEMS = 10_000;
const MAX_ITEMS = 100_000;

/** Returns `maxItems`. */
export function checkContextOptions(options: ContextOptions): number {
  checkSelection(options);
  toRank(options.priority);
  return checkCount("maxItems", options.maxItems ?? DEFAULT_MAX_ITEMS, MAX_ITEMS);
}

export function checkCount(path: string, count: number, maximum: number): number {
  if (Number.isSafeInteger(count) && count >= 1 && count <= maximum) return count;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`${path}\` must be a whole number from 1 to ${maximum}.`,
    {
      hint: "Omit it for its default.",
      details: { path, maximum },
    },
  );
}
