import { SynthaError } from "../error/syntha-error.ts";
import { checkRecord } from "../options/check-kind.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import type { ReadRevision } from "../storage/operation.ts";
import { describe } from "../text/describe.ts";

/** Keys that one read set may name. */
const MAX_KEYS = 64;

/** The option of every write that depends on items that its writer has read (R17). */
export interface ReadSet {
  /**
   * Commits only if each of these keys still has this revision, as this agent sees it; 0: no visible item. Otherwise the
   * call rejects with CONFLICT, and `details.conflicts` has those that differ. 1 to 64 keys.
   */
  ifRevisions?: Readonly<Record<string, number>> | undefined;
}

/** The name of the option, for `knownOptions`. */
export const READ_SET = { ifRevisions: true } as const;

/** @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE */
export function toReadSet(
  encoder: RequestEncoder,
  { ifRevisions }: ReadSet,
): readonly ReadRevision[] | undefined {
  if (ifRevisions === undefined) return undefined;
  checkRecord("ifRevisions", ifRevisions, "Pass revisions by key, such as { plan: 7 }.");
  const entries = Object.entries(ifRevisions);
  if (entries.length === 0 || entries.length > MAX_KEYS)
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      `\`ifRevisions\` must name 1 to ${MAX_KEYS} keys, not ${entries.length}.`,
      {
        hint: "Name the items that the write depends on, and leave the option out if there are none.",
        details: { path: "ifRevisions", maximum: MAX_KEYS },
      },
    );
  return entries.map(([key, revision]) => {
    encoder.checkKey(key);
    requireRevision(revision, `ifRevisions.${key}`);
    return { key, revision };
  });
}

/** @throws INVALID_ARGUMENTS */
export function checkRevision(revision: number | undefined): void {
  if (revision !== undefined) requireRevision(revision, "ifRevision");
}

/** @throws INVALID_ARGUMENTS */
export function requireRevision(revision: unknown, path: string): void {
  if (Number.isSafeInteger(revision) && (revision as number) >= 0) return;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `A revision must be a whole number from 0, not ${describe(revision)}.`,
    {
      hint: "Pass the `revision` that a read or push returned, or 0 for a key that must hold nothing.",
      details: { path },
    },
  );
}
