import { SynthaError } from "../error/syntha-error.ts";
import type { ItemRow } from "../model/item-row.ts";
import {
  CORRUPT_TASK,
  type FailureRow,
  NO_TASK,
  type TaskRow,
  toTaskRow,
} from "../model/task-row.ts";
import { sameNames } from "../route/route.ts";
import type { TaskSettings } from "../storage/operation.ts";
import { type Draft, refuse } from "./draft.ts";

/**
 * R18: the task of an item that is pushed. What the push does not set, the item keeps. A damaged task is replaced, as if
 * the item were created.
 */
export function pushedTask(
  draft: Draft,
  key: string,
  settings: TaskSettings | undefined,
  before: ItemRow | undefined,
): TaskRow | null {
  const isCreated = before === undefined || before.task === CORRUPT_TASK;
  const task = isCreated ? NO_TASK : (before.task ?? NO_TASK);
  if (settings === undefined && task === NO_TASK) return null;
  const { dependsOn } = settings ?? {};
  if (!isCreated && dependsOn !== undefined && !sameNames(dependsOn, task.dependsOn))
    refuse(dependenciesFixed(key));
  const created = isCreated ? (dependsOn ?? []) : undefined;
  return toTaskRow({
    priority: settings?.priority ?? task.priority,
    notBefore: settings?.notBefore === undefined ? task.notBefore : timeOf(draft, settings),
    dependsOn: created ?? task.dependsOn,
    pending: created === undefined ? task.pending : pendingOf(draft, created),
    lastFailure: null,
  });
}

/** The task of an item that is handed off to the next stage: it keeps its priority and what it depended on. */
export function handedOffTask(
  draft: Draft,
  settings: TaskSettings | undefined,
  row: ItemRow,
): TaskRow | null {
  const { priority, dependsOn, pending } = readableTask(row) ?? NO_TASK;
  return toTaskRow({
    priority: settings?.priority ?? priority,
    notBefore: settings?.notBefore === undefined ? null : timeOf(draft, settings),
    dependsOn,
    pending,
    lastFailure: null,
  });
}

/** The task with the reason of the last failure, or without one. */
export function withFailure(task: TaskRow | null, lastFailure: FailureRow | null): TaskRow | null {
  if ((task === null && lastFailure === null) || task === CORRUPT_TASK) return task;
  return toTaskRow({ ...(task ?? NO_TASK), lastFailure });
}

/** The task of an item that can be claimed: a lease that it still has ended before its attempt was finished. */
export function withEndedLease({ task, lease, attempts }: ItemRow): TaskRow | null {
  if (lease === null) return task;
  const { holder: agent, until: at } = lease;
  const message = "The lease ended before the attempt was finished.";
  return withFailure(task, { message, agent, at, attempt: attempts });
}

/** The task, unless it is damaged. */
export function readableTask({ task }: ItemRow): TaskRow | null {
  return task === CORRUPT_TASK ? null : task;
}

/** When an item that is ready at a time, apart from its task, can be claimed. */
export function readyAtOf(task: TaskRow | null, readyAt: number): number | null {
  if (task === null) return readyAt;
  return task.pending.length > 0 ? null : Math.max(readyAt, task.notBefore ?? 0);
}

function timeOf({ facts }: Draft, { notBefore }: TaskSettings): number | null {
  if (notBefore === undefined) return null;
  return "at" in notBefore ? notBefore.at : facts.now + notBefore.inMs;
}

/** Those of the dependencies that are not satisfied. */
function pendingOf(draft: Draft, dependsOn: readonly string[]): readonly string[] {
  const missing: string[] = [];
  const pending = dependsOn.filter((key) => {
    // What the commit itself has written may be visible to others alone.
    const change = draft.changeOf(key);
    if (change !== undefined) return "after" in change && change.after.state !== "done";
    const state = draft.visibleState(key);
    if (state === undefined) missing.push(key);
    return state !== "done";
  });
  if (missing.length > 0) refuse(unknownDependencies(missing));
  for (const key of pending)
    if (draft.addDependent(key) > MAX_DEPENDENTS) refuse(tooManyDependents(key));
  return pending;
}

/** Items that may wait for one: the commit that ends it makes all of them ready. */
const MAX_DEPENDENTS = 1_000;

function tooManyDependents(key: string): SynthaError {
  return new SynthaError("TOO_LARGE", `${MAX_DEPENDENTS} items already wait for "${key}".`, {
    hint: `Push an item that depends on "${key}", let the others depend on that one, in parts of at most ${MAX_DEPENDENTS}, and complete it once it is ready.`,
    details: {
      what: `the items that wait for "${key}"`,
      size: MAX_DEPENDENTS + 1,
      maximum: MAX_DEPENDENTS,
    },
  });
}

function unknownDependencies(keys: readonly string[]): SynthaError {
  const names = keys.map((key) => `"${key}"`).join(", ");
  return new SynthaError("NOT_FOUND", `There is no item ${names} to depend on.`, {
    hint: "Push it first, or earlier in the same pushMany. An item that is already done or deleted need not be named.",
    details: { keys },
  });
}

function dependenciesFixed(key: string): SynthaError {
  return new SynthaError(
    "INVALID_ARGUMENTS",
    `"${key}" exists, and what an item depends on is fixed when it is created.`,
    {
      hint: "Leave dependsOn out, or push a new item that depends on these keys.",
      details: { path: "dependsOn" },
    },
  );
}
