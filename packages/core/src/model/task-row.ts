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

/** The priority of an item, and of its place in queues. */
export function priorityOf({ task }: { readonly task: TaskRow | null }): number {
  return task === null ? 0 : task.priority;
}

/** Null for a task that says nothing, so that an ordinary item stores none. */
export function toTaskRow(task: TaskRow): TaskRow | null {
  const isEmpty =
    task.priority === 0 &&
    task.notBefore === null &&
    task.dependsOn.length === 0 &&
    task.lastFailure === null;
  return isEmpty ? null : task;
}

/** The JSON text of a task; null for none. */
export function encodeTask(task: TaskRow | null): string | null {
  if (task === null) return null;
  const { priority, notBefore, dependsOn, pending, lastFailure } = task;
  return JSON.stringify({ priority, notBefore, dependsOn, pending, lastFailure });
}

/** The task of a stored text. */
export function parseTask(text: string | null): TaskRow | null {
  return text === null ? null : (JSON.parse(text) as TaskRow);
}
