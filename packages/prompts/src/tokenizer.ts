import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

/** Counts names of special tokens such as <|endoftext|> as plain text. */
const OPTIONS = { disallowedSpecial: new Set<string>() };

/** Runs that the tokenizer processes as one piece, in quadratic time. */
const LONG_RUN = /[\p{L}\p{M}]{128}|[^\s\p{L}\p{N}]{128}|\s{128}/gu;

/**
 * Counts the tokens of a text in o200k, the encoding of OpenAI's models since GPT-4o. Very long runs without a break are
 * counted in parts. Requires `gpt-tokenizer`.
 * @example
 * await renderContext(agent, { budget: { tokens: 1_000, count: o200kTokens } });
 */
export function o200kTokens(text: string): number {
  let total = 0;
  let from = 0;
  for (const { 0: run, index } of text.matchAll(LONG_RUN)) {
    const to = index + run.length;
    total += countTokens(text.slice(from, to), OPTIONS);
    from = to;
  }
  return total + countTokens(text.slice(from), OPTIONS);
}
