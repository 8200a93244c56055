import { exponentialDelay, jittered, systemPause } from "@syntha/core/storage";
import { isBusy, toFailure } from "../failure.ts";
import { monotonicNow } from "./monotonic-now.ts";

const FIRST_DELAY_MS = 1;
const LONGEST_DELAY_MS = 50;

/**
 * Repeats a synchronous attempt while the database is locked; the event loop runs between attempts. Makes one
 * attempt at least; an attempt that fails after the deadline (of {@link monotonicNow}) is the last.
 */
export async function retryWhileBusy<T>(deadline: number, attempt: () => T): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || monotonicNow() >= deadline) throw toFailure(error);
    }
    await systemPause(jittered(exponentialDelay(retries, FIRST_DELAY_MS, LONGEST_DELAY_MS)));
  }
}
