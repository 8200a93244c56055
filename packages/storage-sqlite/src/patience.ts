import { isBusy, toFailure } from "./failure.ts";

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;

/** Tries until `end` (of `performance.now`), but at least once, while the database is locked; leaves the process to others meanwhile. */
export async function patiently<T>(end: number, attempt: () => T): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= end) throw toFailure(error);
    }
    // Jitter, so that those who wait do not come back all at once.
    await sleep(wait * (0.5 + Math.random()));
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
