import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { estimateTokens } from "./estimate-tokens.ts";

/** The tokens that context may use, and how they are counted and shared. */
export interface BudgetOptions {
  /**
   * The maximum number of tokens, including the fence.
   * @default 4_000
   */
  readonly tokens?: number | undefined;
  /**
   * Counts the tokens of a text. `o200kTokens` of `@syntha/prompts/tokenizer` is exact for OpenAI's models.
   * @default {@link estimateTokens}
   */
  readonly count?: ((text: string) => number) | undefined;
  /**
   * The share of the tokens that items of one author may use while items of others are pending: above 0, at most 1. Unused
   * space is distributed again, first to the author with the fewest tokens.
   * @default 1
   */
  readonly share?: number | undefined;
}

export interface Budget {
  readonly tokens: number;
  readonly share: number;
  readonly count: (text: string) => number;
}

const DEFAULT_TOKENS = 4_000;

const BUDGET = knownOptions<BudgetOptions>("a budget", { tokens: true, count: true, share: true });

/** The budget of a call that does not share it among authors. */
export type BudgetWithoutShare = Omit<BudgetOptions, "share">;

/** @throws INVALID_ARGUMENTS for invalid options, and for a share, which would have no effect */
export function toBudgetWithoutShare(call: string, options: BudgetWithoutShare = {}): Budget {
  const known = knownOptions<BudgetWithoutShare>(`${call}'s budget`, { tokens: true, count: true });
  checkOptions(options, known, "budget");
  return toBudget(options);
}

export function toBudget(options: BudgetOptions = {}): Budget {
  checkOptions(options, BUDGET, "budget");
  const { tokens = DEFAULT_TOKENS, count, share = 1 } = options;
  if (!Number.isSafeInteger(tokens) || tokens < 1)
    throw invalidBudget("budget.tokens", "`budget.tokens` must be a positive integer.");
  if (!(share > 0 && share <= 1))
    throw invalidBudget(
      "budget.share",
      "`budget.share` must be greater than 0 and at most 1; 0.5 is half of the budget.",
    );
  if (count !== undefined && typeof count !== "function")
    throw invalidBudget(
      "budget.count",
      "`budget.count` must be a function that returns a number of tokens.",
    );
  return { tokens, share, count: checkedCount(count ?? estimateTokens) };
}

function checkedCount(count: (text: string) => number): (text: string) => number {
  return (text) => {
    const tokens = count(text);
    if (typeof tokens === "number" && tokens >= 0 && tokens < Infinity) return tokens;
    throw invalidCount(`returned ${String(tokens)}, which is not a number of tokens`);
  };
}

/** @throws INVALID_ARGUMENTS if an empty block exceeds the budget. */
export function checkFenceFits(emptyBlock: string, { tokens, count }: Budget): void {
  const used = count(emptyBlock);
  if (used <= tokens) return;
  throw invalidBudget(
    "budget.tokens",
    `The fence alone uses ${used} tokens; the budget is ${tokens}.`,
  );
}

export function invalidCount(problem: string): SynthaError {
  return invalidBudget("budget.count", `\`budget.count\` ${problem}.`);
}

function invalidBudget(path: string, message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Pass { tokens: 2000 }, or omit it for 4,000 tokens.",
    details: { path },
  });
}
