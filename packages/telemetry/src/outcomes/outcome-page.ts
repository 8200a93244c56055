import { type Page, SynthaError } from "@syntha/core";

declare const outcomePage: unique symbol;

/** An opaque position in a listing of outcomes; pass it as `page` to {@link OutcomeLog.recent}. */
export type OutcomePage = string & { readonly [outcomePage]?: never };

export interface OutcomePosition {
  /** The id of the last outcome. */
  readonly after: string;
  /** The page of the mesh's listing that contains it. */
  readonly page: Page | undefined;
}

export function toOutcomePage({ after, page = "" }: OutcomePosition): OutcomePage {
  return `o1.${after}.${page}`;
}

/** @throws INVALID_CURSOR for any other text */
export function fromOutcomePage(text: unknown): OutcomePosition {
  const [, after, page] =
    typeof text === "string" ? (/^o1\.([0-9a-z]{13}-[0-9a-f]{8})\.(.*)$/.exec(text) ?? []) : [];
  if (after === undefined) {
    throw new SynthaError("INVALID_CURSOR", "Invalid page token.", {
      hint: "Pass `nextPage` of recent() unchanged.",
    });
  }
  return { after, page: page === "" ? undefined : page };
}
