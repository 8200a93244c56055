import { SynthaError } from "../error/syntha-error.ts";
import { describe } from "../text/describe.ts";
import { decodeText, encodeText } from "../log/cursor.ts";

declare const page: unique symbol;

/** An opaque position in a listing. Pass it as `page`. */
export type Page = string & { readonly [page]?: never };

/** The largest page. */
export const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

export function toPage(after: string | null): Page | undefined {
  return after === null ? undefined : `p1.${encodeText(after)}`;
}

/** @throws INVALID_CURSOR */
export function fromPage(page: Page | undefined): string | undefined {
  if (page === undefined) return undefined;
  if (typeof page === "string" && /^p1\.[\w-]+$/.test(page)) return decodeText(page.slice(3));
  throw new SynthaError("INVALID_CURSOR", "Invalid page token.", {
    hint: "Pass `nextPage` of the listing before, unchanged.",
  });
}

/** @throws INVALID_ARGUMENTS */
export function checkLimit(limit: number = DEFAULT_PAGE, path = "limit"): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`${path}\` must be a whole number from 1 to ${MAX_PAGE}, not ${describe(limit)}.`,
    {
      hint: `Request at most ${MAX_PAGE}, and continue with the next page.`,
      details: { path, maximum: MAX_PAGE },
    },
  );
}
