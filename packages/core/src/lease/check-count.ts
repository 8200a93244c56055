import { SynthaError } from "../error/syntha-error.ts";

/** @throws INVALID_ARGUMENTS for what is no whole number from 1 to the maximum. */
export function checkCount(path: string, count: number, maximum: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= maximum) return count;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`${path}\` is a whole number from 1 to ${maximum}.`,
    {
      hint: `Leave ${path} out for its default.`,
      details: { path, maximum },
    },
  );
}

/** How often something may be claimed before it is parked; undefined: as often as it takes. */
export function checkAttempts(maxAttempts: number | undefined): number | undefined {
  return maxAttempts === undefined ? undefined : checkCount("maxAttempts", maxAttempts, 1_000_000);
}
