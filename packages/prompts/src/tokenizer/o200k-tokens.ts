import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

/** Text such as <|endoftext|> is text like any other. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Runs that a tokenizer takes as one piece, in time that grows with the square of their length. */
const LONG_RUN = /[\p{L}\p{M}]{128}|[^\s\p{L}\p{N}]{128}|\s{128}/gu;

/** Tokens of a text in o200k, as the models of OpenAI since GPT-4o count. Very long runs without a break are counted in parts. */
export function o200kTokens(text: string): number {
  let total = 0;
  let from = 0;
  for (const { 0: run, index } of text.matchAll(LONG_RUN)) {
    const to = index + run.length;
    total += countTokens(text.slice(from, to), AS_TEXT);
    from = to;
  }
  return total + countTokens(text.slice(from), AS_TEXT);
}
