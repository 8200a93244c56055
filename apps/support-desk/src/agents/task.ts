import type { ToolResults } from "@syntha/tools";

import { DeskError } from "../desk/desk-error.ts";
import type { Colleague } from "./colleague.ts";

export type Task = NonNullable<ToolResults["claim_task"]["task"]>;
export type TaskHandler = (task: Task) => Promise<void>;

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

/** Does a task that was claimed; gives it back when that fails, until it has failed too often. */
export async function perform(
  who: Colleague,
  pace: Pace,
  task: Task,
  handle: TaskHandler,
): Promise<void> {
  const { key, token } = task;
  if (task.attempt > 1) who.meter.takeOver();
  const keep = (): void =>
    void who.attempt("extend_task", { key, token, lease_minutes: pace.leaseMinutes });
  const keeping = setInterval(keep, (pace.leaseMinutes * MINUTE_MS) / 3);
  try {
    await handle(task);
  } catch (cause) {
    if (cause instanceof DeskError) throw cause;
    if (task.attempt >= MOST_ATTEMPTS) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new DeskError(
        `${who.name} failed at "${key}" ${task.attempt} times: ${why}`,
        "Mend what failed, and start again with the same --storage: everything else is kept.",
        cause,
      );
    }
    await who.attempt("release_task", { key, token, retry_in_minutes: RETRY_MINUTES });
  } finally {
    clearInterval(keeping);
  }
}
