import { macrotask } from "../concurrency/macrotask.ts";
import type { OpResult } from "../storage/outcome.ts";
import { PageSize } from "../storage/page-size.ts";

/** Items that one commit removes: few enough that other writers do not wait long. */
const FIRST_STEP = 100;
const LARGEST_STEP = 500;

/** Removes expired items, one commit at a time. Returns how many. */
export async function sweepInSteps(
  sweep: (limit: number) => Promise<OpResult & { type: "sweep" }>,
): Promise<number> {
  const size = new PageSize(FIRST_STEP, LARGEST_STEP);
  for (let total = 0; ;) {
    const { limit } = size;
    const { swept, read } = await sweep(limit);
    total += swept;
    if (swept < limit) return total;
    size.note(read.rows, read.characters);
    await macrotask();
  }
}
