import { SynthaError } from "@syntha/core";
import { type KnownOptions, knownOptions } from "@syntha/core/storage";
import type { Priority } from "../selection/priority.ts";
import { checkSelection, type Selection } from "../selection/selection.ts";
import type { BudgetOptions } from "../tokens/budget.ts";

export interface ContextOptions extends Selection {
  /** What comes first; after it, the latest written first. Default: the latest written first. */
  readonly priority?: Priority | undefined;
  readonly budget?: BudgetOptions | undefined;
  /**
   * How many items are scanned, in key order, to find the first by priority; at most 100,000. Their values are not read for
   * it. Default 10,000.
   */
  readonly maxItems?: number | undefined;
  /** The mark of the fence in place of a random one, for reproducible output. */
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

const DEFAULT_ITEMS = 10_000;
const MOST_ITEMS = 100_000;

export function checkContextOptions(options: ContextOptions): number {
  checkSelection(options);
  return checkCount("maxItems", options.maxItems ?? DEFAULT_ITEMS, MOST_ITEMS);
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
