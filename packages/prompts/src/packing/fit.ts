import { longestOmittedLine } from "../lines/omitted-line.ts";
import { badCount, type Budget, checkRoomFor } from "../tokens/budget.ts";

/** What one try at filling a room gives. */
export interface Draft {
  readonly lines: readonly string[];
}

/**
 * Draws a block and counts it as a whole: what its parts take does not always add up. Draws again with less room until
 * it is within the budget.
 * @throws INVALID_ARGUMENTS when the budget is less than an empty block takes, or its count can't be relied on.
 */
export async function fit<D extends Draft>(
  budget: Budget,
  items: number,
  around: (lines: readonly string[]) => string,
  draw: (room: number) => Promise<D>,
): Promise<{ draft: D; text: string; tokens: number }> {
  const empty = around([longestOmittedLine(items)]);
  checkRoomFor(empty, budget);
  const most = budget.tokens - budget.count(empty);
  for (let less = 0; ;) {
    const draft = await draw(Math.max(0, most - less));
    const text = around(draft.lines);
    const tokens = budget.count(text);
    // Nothing but the note of what was left out is in a block without room.
    if (tokens <= budget.tokens) return { draft, text, tokens };
    if (less > most) throw badCount("returns more tokens for less text");
    less = Math.max(less * 2, tokens - budget.tokens);
  }
}
