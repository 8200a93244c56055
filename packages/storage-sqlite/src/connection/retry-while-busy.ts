import { systemPause } from "@syntha/core/storage";
import { isBusy, toFailure } from "../failure.ts";
import { monotonicNow } from "./monotonic-now.ts";

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;

/** Tries until `end` (of `monotonicNow`), but at least once, while the database is locked; leaves the process to others meanwhile. */
export async function retryWhileBusy<T>(end: number, attempt: () => T): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || monotonicNow() >= end) throw toFailure(error);
    }
    // Jitter, so that those who wait do not come back all at once.
    await systemPause(wait * (0.5 + Math.random()));
  }
}
