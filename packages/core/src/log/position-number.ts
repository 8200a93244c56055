import { SynthaError } from "../error/syntha-error.ts";
import { describe } from "../text/describe.ts";

/** @throws INVALID_ARGUMENTS */
export function checkPositionNumber(path: string, position: unknown): void {
  if (Number.isSafeInteger(position) && (position as number) >= 0) return;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`${path}\` must be a position of the log, a whole number from 0, not ${describe(position)}.`,
    {
      hint: "Pass a `revision`, the `position` of an entry, or `head` or `floor`.",
      details: { path },
    },
  );
}
