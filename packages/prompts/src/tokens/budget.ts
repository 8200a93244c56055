import { SynthaError } from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { estimateTokens } from "./estimate-tokens.ts";

/** How much of a prompt the context may take. */
export interface BudgetOptions {
  /** Tokens at most, including the fence. Default 4,000. */
  readonly tokens?: number | undefined;
  /**
   * Counts the tokens of a text. Default `estimateTokens`; `o200kTokens` of `@syntha/prompts/tokenizer` is exact for
   * OpenAI's models.
   */
  readonly count?: ((text: string) => number) | undefined;
  /**
   * The share of the tokens that items of one author may use while items of others are waiting: above 0, up to 1. The space
   * that others leave is distributed again, first to the author with the least. Default 1.
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

export function toBudget(options: BudgetOptions = {}): Budget {
  checkOptions(options, BUDGET, "budget");
  const { tokens = DEFAULT_TOKENS, count, share = 1 } = options;
  if (!Number.isSafeInteger(tokens) || tokens < 1)
    throw bad("budget.tokens", "`budget.tokens` must be a whole number of at least 1.");
  if (!(share > 0 && share <= 1))
    throw bad(
      "budget.share",
      "`budget.share` must be above 0 and at most 1: 0.5 is half of the budget.",
    );
  if (count !== undefined && typeof count !== "function")
    throw bad("budget.count", "`budget.count` must be a function that returns a number of tokens.");
  return { tokens, share, count: checked(count ?? estimateTokens) };
}

function checked(count: (text: string) => number): (text: string) => number {
  return (text) => {
    const tokens = count(text);
    if (typeof tokens === "number" && tokens >= 0 && tokens < Infinity) return tokens;
    throw badCount(`returned ${String(tokens)}, which is not a number of tokens`);
  };
}

/** @throws INVALID_ARGUMENTS when not even an empty block fits. */
export function checkRoomFor(emptyBlock: string, { tokens, count }: Budget): void {
  const least = count(emptyBlock);
  if (least <= tokens) return;
  throw bad("budget.tokens", `The fence alone takes ${least} tokens; the budget is ${tokens}.`);
}

export function badCount(does: string): SynthaError {
  return bad("budget.count", `\`budget.count\` ${does}.`);
}

function bad(path: string, message: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint: "Pass { tokens: 2000 }, or omit it for 4,000 tokens.",
    details: { path },
  });
}
