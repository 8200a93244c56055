import type { DeleteOperation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";
import { checkRevision, notOwner } from "./put.ts";

/**
 * R4: only the owner and the system delete. An item that the actor does not see is handled like one that does not
 * exist.
 */
export function decideDelete(draft: Draft, op: DeleteOperation): OpResult {
  const row = draft.visibleItem(op.key);
  checkRevision(op.key, op.ifRevision, row, deleteAgain);
  if (row === undefined) return { type: "delete", deleted: false };
  if (draft.actor !== null && row.owner !== draft.actor) refuse(notOwner(op.key, "delete it"));
  draft.changes.push({ type: "delete", before: row });
  return { type: "delete", deleted: true };
}

function deleteAgain(key: string, revision: number): string {
  return revision === 0
    ? "Nothing is left to do: it is deleted, or never was there."
    : `Read "${key}" again, and if it may still go, delete it with ifRevision: ${revision}.`;
}
