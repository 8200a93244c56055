import type { ToolResults } from "@syntha/tools";

import { DeskError } from "../desk/desk-error.ts";
import type { Colleague } from "./colleague.ts";

export type Task = NonNullable<ToolResults["claim_task"]["task"]>;
export type TaskHandler = (task: Task, signal: AbortSignal) => Promise<void>;

/** How an agent takes work. */
export type Pace = {
  /** How long work stays with an agent that no longer answers. */
  leaseMinutes: number;
  /** Work that one agent does at the same time. */
  concurrency: number;
};

const MOST_ATTEMPTS = 3;
const MINUTE_MS = 60_000;
const RETRY_MINUTES = 1 / 60;

/**
 * Does a task that was claimed; gives it back when that fails, until it has failed too often. What gives up because the
 * signal says so is given back without counting.
 */
export async function perform(
  who: Colleague,
  pace: Pace,
  task: Task,
  handle: TaskHandler,
  signal: AbortSignal,
): Promise<void> {
  const { key, token } = task;
  if (task.attempt > 1) who.meter.takeOver();
  const keep = (): void =>
    void who.attempt("extend_task", { key, token, lease_minutes: pace.leaseMinutes });
  const keeping = setInterval(keep, (pace.leaseMinutes * MINUTE_MS) / 3);
  try {
    await handle(task, signal);
  } catch (cause) {
    if (signal.aborted || cause instanceof DeskError) {
      // It was not the task that failed. A lease that is lost needs no release.
      await who.agent
        .lease(key, token)
        .release({ countAttempt: false })
        .catch(() => {});
      if (signal.aborted) return;
      throw cause;
    }
    if (task.attempt >= MOST_ATTEMPTS) throw failedTooOften({ who, key }, task.attempt, cause);
    await who.attempt("release_task", { key, token, retry_in_minutes: RETRY_MINUTES });
  } finally {
    clearInterval(keeping);
  }
}

const MEND =
  "Mend what failed, and start again with the same --storage: one that you name keeps everything else.";

/** What ends the desk when the same thing has failed again and again. */
export function failedTooOften(
  { who, key }: { who: Colleague; key: string },
  times: number,
  cause: unknown,
): DeskError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const hint = cause instanceof Error && "hint" in cause ? String(cause.hint) : MEND;
  return new DeskError(`${who.name} failed at "${key}" ${times} times: ${why}`, hint, cause);
}
