import { SynthaError } from "../error/syntha-error.ts";
import { MAX_PRIORITY, MIN_PRIORITY } from "../model/task-row.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import type { TaskSettings } from "../storage/operation.ts";
import { describe } from "../text/describe.ts";
import { checkNames } from "../text/name.ts";
import { type Duration, toMs } from "../time/duration.ts";

/** Keys that one item may depend on. */
const MAX_DEPENDENCIES = 64;

/** When an item that is used as a task can be claimed (R18). */
export interface TaskOptions {
  /**
   * Claims take the highest priority first: a whole number from -10 to 10.
   * @default the item's; 0 if it is created
   */
  priority?: number | undefined;
  /**
   * The earliest time at which it can be claimed: a date, or a delay from now.
   * @default the item's; none if it is created or handed off
   */
  notBefore?: Date | Duration | undefined;
}

/** Of a push, which may create the item. */
export interface DependencyOptions {
  /**
   * Keys of items that must be done, deleted or expired before this one can be claimed: 1 to 64 that exist, or that
   * precede it in the same batch. Fixed when the item is created.
   * @default none
   */
  dependsOn?: readonly string[] | undefined;
}

/** Undefined if none is given. @throws INVALID_ARGUMENTS; what a key throws */
export function taskSettings(
  encoder: RequestEncoder,
  key: string,
  { priority, notBefore, dependsOn }: TaskOptions & DependencyOptions,
): TaskSettings | undefined {
  if (priority === undefined && notBefore === undefined && dependsOn === undefined)
    return undefined;
  return {
    priority: checkPriority(priority),
    notBefore: notBefore === undefined ? undefined : toStart(notBefore),
    dependsOn: dependsOn === undefined ? undefined : checkDependencies(encoder, key, dependsOn),
  };
}

function checkPriority(priority: number | undefined): number | undefined {
  const isAllowed =
    priority === undefined ||
    (Number.isInteger(priority) && priority >= MIN_PRIORITY && priority <= MAX_PRIORITY);
  // Never -0, which JSON does not hold.
  if (isAllowed) return priority === 0 ? 0 : priority;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`priority\` must be a whole number from ${MIN_PRIORITY} to ${MAX_PRIORITY}, not ${describe(priority)}.`,
    {
      hint: "Pass 10 for what must be claimed first, -10 for what can wait, or leave it out for 0.",
      details: { path: "priority" },
    },
  );
}

function toStart(notBefore: unknown): TaskSettings["notBefore"] {
  if (!(notBefore instanceof Date)) return { inMs: toMs("notBefore", notBefore as Duration, true) };
  const at = notBefore.getTime();
  if (!Number.isNaN(at)) return { at };
  throw new SynthaError("INVALID_ARGUMENTS", "`notBefore` is an invalid date.", {
    hint: 'Pass a valid Date, or a delay such as "10m".',
    details: { path: "notBefore" },
  });
}

function checkDependencies(
  encoder: RequestEncoder,
  key: string,
  dependsOn: readonly string[],
): readonly string[] {
  const { keyBytes } = encoder.limits;
  const keys = checkNames("key", dependsOn, MAX_DEPENDENCIES, keyBytes, TOO_MANY);
  if (!keys.includes(key)) return keys;
  throw new SynthaError("INVALID_ARGUMENTS", `"${key}" can't depend on itself.`, {
    hint: "Leave it out of dependsOn.",
    details: { path: "dependsOn" },
  });
}

const TOO_MANY =
  "Depend on one item that depends on these, in parts of at most 64: its worker completes it at once.";
