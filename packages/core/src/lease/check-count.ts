import { SynthaError } from "../error/syntha-error.ts";

/** @throws INVALID_ARGUMENTS unless it is a whole number from 1 to the maximum */
export function checkCount(path: string, count: number, maximum: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= maximum) return count;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`${path}\` must be a whole number from 1 to ${maximum}.`,
    {
      hint: `Leave ${path} out for its default.`,
      details: { path, maximum },
    },
  );
}

/** Undefined: no limit. */
export function checkAttempts(maxAttempts: number | undefined): number | undefined {
  return maxAttempts === undefined ? undefined : checkCount("maxAttempts", maxAttempts, 1_000_000);
}
