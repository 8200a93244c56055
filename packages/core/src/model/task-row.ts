/** The reason of a failed attempt. */
export interface FailureRow {
  /** At most {@link MAX_FAILURE_MESSAGE} characters. */
  readonly message: string;
  /** The agent whose attempt it was; `null` is the system. */
  readonly agent: string | null;
  /** Milliseconds of the storage's time. */
  readonly at: number;
  /** Which attempt it was, from 1. */
  readonly attempt: number;
}

/** Characters of a failure's message that are stored. */
export const MAX_FAILURE_MESSAGE = 1_000;

/** What an item has only if it is used as a task, apart from its lease (R18). Stored as one JSON text. */
export interface TaskRow {
  /** -10 to 10. */
  readonly priority: number;
  /** The first millisecond at which it can be claimed; null: any. */
  readonly notBefore: number | null;
  /** Keys that it was created with, in their order. */
  readonly dependsOn: readonly string[];
  /** Those of `dependsOn` that are not satisfied yet. While there are any, `readyAt` is null. */
  readonly pending: readonly string[];
  readonly lastFailure: FailureRow | null;
}

export const MIN_PRIORITY = -10;
export const MAX_PRIORITY = 10;

const NONE: readonly string[] = [];

/** The task of an item that has none stored. */
export const NO_TASK: TaskRow = Object.freeze({
  priority: 0,
  notBefore: null,
  dependsOn: NONE,
  pending: NONE,
  lastFailure: null,
});

/**
 * Replaces a task that is damaged where it is stored. Recognized by identity, so that reads of the item are rejected
 * with the reason, and a copy does not mistake it for a task.
 */
export const CORRUPT_TASK: TaskRow = Object.freeze({ ...NO_TASK });

/** The priority of an item, and of its place in queues. */
export function priorityOf({ task }: { readonly task: TaskRow | null }): number {
  return task === null ? 0 : task.priority;
}

const ALL_PRIORITIES: readonly number[] = Array.from(
  { length: MAX_PRIORITY - MIN_PRIORITY + 1 },
  (_, at) => MIN_PRIORITY + at,
);

/** The priorities that the stored places of an item may have: all, if its task is damaged. */
export function storedPriorities(row: { readonly task: TaskRow | null }): readonly number[] {
  return row.task === CORRUPT_TASK ? ALL_PRIORITIES : [priorityOf(row)];
}

/** Null for a task that says nothing, so that an ordinary item stores none. */
export function toTaskRow(task: TaskRow): TaskRow | null {
  if (task === CORRUPT_TASK) return task;
  const isEmpty =
    task.priority === 0 &&
    task.notBefore === null &&
    task.dependsOn.length === 0 &&
    task.lastFailure === null;
  return isEmpty ? null : task;
}

/** The JSON text of a task; null for none. A damaged one stays damaged. */
export function encodeTask(task: TaskRow | null): string | null {
  if (task === null) return null;
  if (task === CORRUPT_TASK) return "";
  const { priority, notBefore, dependsOn, pending, lastFailure } = task;
  return JSON.stringify({ priority, notBefore, dependsOn, pending, lastFailure });
}

/** The task of a stored text; {@link CORRUPT_TASK} for damaged text. */
export function parseTask(text: string | null): TaskRow | null {
  if (text === null) return null;
  try {
    const task = JSON.parse(text) as TaskRow;
    return isWholeTask(task) ? task : CORRUPT_TASK;
  } catch {
    return CORRUPT_TASK;
  }
}

/** Throws for what is no object. */
export function isWholeTask({
  priority,
  notBefore,
  dependsOn,
  pending,
  lastFailure,
}: TaskRow): boolean {
  return (
    ALL_PRIORITIES.includes(priority) &&
    isTime(notBefore) &&
    isKeys(dependsOn) &&
    isKeys(pending) &&
    (lastFailure === null || (typeof lastFailure.message === "string" && isTime(lastFailure.at)))
  );
}

function isTime(time: unknown): boolean {
  return time === null || Number.isInteger(time);
}

function isKeys(keys: unknown): boolean {
  return Array.isArray(keys) && keys.every((key) => typeof key === "string");
}
