import { SynthaError } from "../error/syntha-error.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { RetryOperation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Draft, refuse } from "./draft.ts";
import { notOwner } from "./put.ts";
import { readyAtOf } from "./task.ts";

/** R18: the owner of an item that has failed, or the system, makes it ready again. It keeps the reason of its failure. */
export function decideRetry(draft: Draft, { key }: RetryOperation, index: number): OpResult {
  const row = draft.visibleItem(key) ?? refuse(notFound(key));
  if (draft.actor !== null && row.owner !== draft.actor)
    refuse(notOwner(key, "retry it", "Ask its owner."));
  if (row.state !== "failed") refuse(notFailed(row));
  const after: ItemRow = {
    ...row,
    state: "open",
    revision: draft.position,
    attempts: 0,
    readyAt: readyAtOf(row.task, draft.facts.now),
    order: draft.orderAt(index),
    lease: null,
  };
  draft.changes.push({ type: "put", before: row, after });
  return { type: "retry", revision: after.revision };
}

function notFound(key: string): SynthaError {
  return new SynthaError("NOT_FOUND", `There is no item "${key}".`, {
    hint: 'list({ state: "failed" }) returns the tasks that can be retried.',
  });
}

function notFailed({ key, revision, state }: ItemRow): SynthaError {
  return new SynthaError("CONFLICT", `"${key}" has not failed.`, {
    hint:
      state === "done"
        ? "It is done. Push it again to have it done again."
        : "Nothing is left to do: it is open, and can be claimed when it is ready.",
    details: { key, revision },
  });
}
