import { SynthaError } from "../error/syntha-error.ts";
import type { ReadRevision } from "../storage/operation.ts";
import { type Draft, refuse } from "./draft.ts";

/** R17: refuses a commit if its actor now sees another revision of an item that the commit depends on. */
export function checkReadSet(draft: Draft, readSet: readonly ReadRevision[]): void {
  const conflicts = readSet
    .map(({ key }) => ({ key, revision: draft.visibleItem(key)?.revision ?? 0 }))
    .filter(({ revision }, i) => revision !== readSet[i]?.revision);
  const [first] = conflicts;
  if (first === undefined) return;
  const found = conflicts.map(({ key, revision }) =>
    revision === 0 ? `"${key}" is not there` : `"${key}" is at revision ${revision}`,
  );
  refuse(
    new SynthaError("CONFLICT", `Items in \`ifRevisions\` have changed: ${found.join(", ")}.`, {
      hint: "Read them again, decide again on what is there, and write with their new revisions.",
      details: { ...first, conflicts },
    }),
  );
}
