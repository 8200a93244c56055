import { macrotask } from "../concurrency/macrotask.ts";
import type { Session } from "../session/session.ts";
import type { ClearPosition } from "../storage/operation.ts";
import { PageSize } from "../storage/page-size.ts";

/** Items that one commit deletes: few enough that other writers do not wait long. */
const FIRST_STEP = 100;
const LARGEST_STEP = 500;

/** Deletes the items that exist at the first step, in several commits. Returns how many. */
export async function clear(session: Session): Promise<number> {
  const size = new PageSize(FIRST_STEP, LARGEST_STEP);
  let from: ClearPosition | undefined;
  for (let total = 0; ;) {
    const { limit } = size;
    const { deleted, read, next } = await session.perform(null, { type: "clear", limit, from });
    total += deleted;
    if (next === null) return total;
    from = next;
    size.note(read.rows, read.characters);
    await macrotask();
  }
}
