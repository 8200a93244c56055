import type { Change } from "../log/change.ts";
import type { ItemRow } from "../model/item-row.ts";
import { toTaskRow } from "../model/task-row.ts";
import type { Draft } from "./draft.ts";
import { readyAtOf } from "./task.ts";

/**
 * R18: a commit that completes, deletes or expires an item satisfies the dependencies on it, for good. The dependents
 * that the commit does not write itself change without a log entry.
 */
export function satisfyDependencies(draft: Draft): void {
  const { changes, facts, unlogged } = draft;
  if (!changes.some(isEnd)) return;
  const ends = changes.filter(isEnd);
  const satisfied = new Set(ends.map(keyOf));
  const written = new Set(changes.map(keyOf));
  for (const before of facts.dependents([...satisfied] as string[])) {
    // A damaged task has left rows of its dependencies: only a row that waits may become ready.
    if (written.has(before.key) || !before.task?.pending.some((key) => satisfied.has(key)))
      continue;
    unlogged.push({ before, after: without(before, facts.now, (key) => satisfied.has(key)) });
  }
  for (const [index, change] of changes.entries()) {
    if (change.type !== "put" || !change.after.task?.pending.length) continue;
    const { before, after } = change;
    // An item that this commit creates waits for what its dependencies are after the commit.
    const isSatisfied = (key: string): boolean => {
      if (!satisfied.has(key)) return false;
      if (before !== null) return true;
      const last = draft.changeOf(key);
      return last !== undefined && isEnd(last);
    };
    changes[index] = { ...change, after: without(after, facts.now, isSatisfied) };
  }
}

function isEnd(change: Change): boolean {
  if (change.type === "delete" || change.type === "expire") return true;
  return change.type === "put" && change.after.state === "done" && change.before?.state !== "done";
}

function keyOf(change: Change): string | undefined {
  if ("after" in change) return change.after.key;
  return "before" in change ? change.before.key : undefined;
}

/** The row without these pending dependencies. */
function without(row: ItemRow, now: number, isSatisfied: (key: string) => boolean): ItemRow {
  if (row.task === null) return row;
  const pending = row.task.pending.filter((key) => !isSatisfied(key));
  const task = toTaskRow({ ...row.task, pending });
  return { ...row, task, readyAt: readyAtOf(task, now) };
}
