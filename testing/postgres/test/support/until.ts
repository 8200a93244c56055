import { setTimeout as sleep } from "node:timers/promises";

/** @throws Error if the condition is not true within a minute */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Timed out waiting until ${what}`);
    await sleep(10);
  }
}
