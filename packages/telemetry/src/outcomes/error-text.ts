import { isSynthaError } from "@syntha/core";

const MOST_CHARACTERS = 1_000;

/** What went wrong, in words. Anything may be thrown, also what has none. */
export function errorText(error: unknown): string {
  const message = wordsOf(error);
  const text = isSynthaError(error) ? `${error.code}: ${message}` : message;
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}

function wordsOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return "It can't be told in words.";
  }
}
