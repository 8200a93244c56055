import { isSynthaError } from "@syntha/core";

const MOST_CHARACTERS = 1_000;

/** What went wrong, in words. */
export function errorText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const text = isSynthaError(error) ? `${error.code}: ${message}` : message;
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
