import { SynthaError } from "../error/syntha-error.ts";
import { MAX_PAGE } from "../view/page-token.ts";

/** @throws INVALID_ARGUMENTS. */
export function checkBatch(batch: number): number {
  if (Number.isInteger(batch) && batch >= 1 && batch <= MAX_PAGE) return batch;
  throw new SynthaError("INVALID_ARGUMENTS", `\`batch\` is a whole number from 1 to ${MAX_PAGE}.`, {
    hint: "Leave it out; pages of large values hold fewer records by themselves.",
    details: { path: "batch", maximum: MAX_PAGE },
  });
}
