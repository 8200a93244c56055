import type { PromptArgument } from "@modelcontextprotocol/server";
import { SynthaError } from "@syntha/core";
import type { PromptArguments } from "./served-prompt.ts";

const DEFAULT_TOKENS = 4_000;
const MIN_TOKENS = 200;
const MAX_TOKENS = 100_000;

export const BUDGET: PromptArgument = {
  name: "budget",
  description: `Tokens of shared context, ${MIN_TOKENS} to ${MAX_TOKENS}; ${DEFAULT_TOKENS} by default`,
};

/** Values that a client offers. */
export const BUDGETS = ["1000", "2000", "4000", "8000", "16000"];

/** @throws INVALID_ARGUMENTS */
export function tokensOf({ budget }: PromptArguments): number {
  if (budget === undefined || budget.trim() === "") return DEFAULT_TOKENS;
  const tokens = Number(budget);
  if (Number.isSafeInteger(tokens) && tokens >= MIN_TOKENS && tokens <= MAX_TOKENS) return tokens;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`budget\` must be a whole number from ${MIN_TOKENS} to ${MAX_TOKENS}.`,
    {
      hint: `Omit it for ${DEFAULT_TOKENS} tokens.`,
      details: { path: "budget", maximum: MAX_TOKENS },
    },
  );
}
