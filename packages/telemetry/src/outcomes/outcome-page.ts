import { type Page, SynthaError } from "@syntha/core";

declare const outcomePage: unique symbol;

/** An opaque place in a listing of outcomes. Hand it back as `page`. */
export type OutcomePage = string & { readonly [outcomePage]?: never };

/** Behind an outcome, in the page of the mesh's own listing that holds it. */
export interface OutcomePlace {
  readonly after: string;
  readonly page: Page | undefined;
}

export function toOutcomePage({ after, page = "" }: OutcomePlace): OutcomePage {
  return `o1.${after}.${page}`;
}

/** @throws INVALID_CURSOR for what is no page of ours. */
export function fromOutcomePage(text: unknown): OutcomePlace {
  const [, after, page] =
    typeof text === "string" ? (/^o1\.([0-9a-z]{13}-[0-9a-f]{8})\.(.*)$/.exec(text) ?? []) : [];
  if (after === undefined) {
    throw new SynthaError("INVALID_CURSOR", "This is no page of a listing of outcomes.", {
      hint: "Pass `nextPage` as recent() gave it, unchanged.",
    });
  }
  return { after, page: page === "" ? undefined : page };
}
