import { setTimeout as sleep } from "node:timers/promises";

/** @throws Error if it is not so within 10 s */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Never came true: ${what}`);
    await sleep(10);
  }
}
