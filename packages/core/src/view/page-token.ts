import { SynthaError } from "../error/syntha-error.ts";
import { describe } from "../text/describe.ts";
import { decodeText, encodeText } from "../log/cursor.ts";

declare const page: unique symbol;

/** An opaque place in a listing. Hand it back as `page`. */
export type Page = string & { readonly [page]?: never };

/** The most that one page may hold. */
export const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

export function toPage(after: string | null): Page | undefined {
  return after === null ? undefined : `p1.${encodeText(after)}`;
}

/** @throws INVALID_CURSOR for what is no page of ours. */
export function fromPage(page: Page | undefined): string | undefined {
  if (page === undefined) return undefined;
  if (typeof page === "string" && /^p1\.[\w-]+$/.test(page)) return decodeText(page.slice(3));
  throw new SynthaError("INVALID_CURSOR", "This is no page of a listing.", {
    hint: "Pass `nextPage` as the listing gave it, unchanged.",
  });
}

/** @throws INVALID_ARGUMENTS outside of 1 to 1,000. */
export function checkLimit(limit: number = DEFAULT_PAGE): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `A limit is a whole number from 1 to ${MAX_PAGE}, not ${describe(limit)}.`,
    {
      hint: `Ask for at most ${MAX_PAGE} at once, and go on with the next page.`,
      details: { path: "limit", maximum: MAX_PAGE },
    },
  );
}
