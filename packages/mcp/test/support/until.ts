import { setTimeout as sleep } from "node:timers/promises";

/** Resolves once it returns true; the test's own limit bounds it. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (let rounds = 0; !isTrue(); rounds++) await sleep(rounds < 50 ? 0 : 5);
}
