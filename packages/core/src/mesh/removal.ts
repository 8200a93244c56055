import { isSynthaError } from "../error/syntha-error.ts";
import type { ClearPlace, Operation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { PageSize } from "../storage/page-size.ts";
import { macrotask } from "../concurrency/macrotask.ts";
import type { Session } from "../session/session.ts";

/** Items that one step removes: few enough that no other writer waits long. */
const FIRST_STEP = 100;
const LARGEST_STEP = 500;

type Result<T extends Operation["type"]> = Extract<OpResult, { type: T }>;

/** Deletes every item that there is now, in steps between which others write. Returns how many items. */
export async function clearInSteps(session: Session): Promise<number> {
  const size = new PageSize(FIRST_STEP, LARGEST_STEP);
  let from: ClearPlace | undefined;
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

/** Deletes a topic. Where there is too much for one commit, what has expired is swept first: it does not count. */
export async function deleteTopic(session: Session, topic: string): Promise<Result<"deleteTopic">> {
  for (;;) {
    try {
      return await session.perform(null, { type: "deleteTopic", topic });
    } catch (error) {
      if (!isSynthaError(error, "TOO_LARGE") || (await session.sweep()) === 0) throw error;
    }
  }
}
