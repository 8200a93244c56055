import type { Fence } from "../block/fence.ts";
import { longestOmittedLine } from "../block/lines.ts";
import { type Budget, checkFenceFits, invalidCount } from "../tokens/budget.ts";

/** The lines of a block before its tokens are counted as a whole. */
export interface Draft {
  readonly lines: readonly string[];
}

/**
 * Renders a block and counts its tokens as a whole, because tokens of lines do not always add up. Renders again with less
 * capacity until the block is within the budget.
 * @throws INVALID_ARGUMENTS if an empty block exceeds the budget, or if the count is inconsistent
 */
export async function fit<D extends Draft>(
  budget: Budget,
  maxItems: number,
  fence: Fence,
  render: (capacity: number) => Promise<D>,
): Promise<{ draft: D; text: string; tokens: number }> {
  const empty = fence.enclose([longestOmittedLine(maxItems)]);
  checkFenceFits(empty, budget);
  const capacity = budget.tokens - budget.count(empty);
  for (let reduction = 0; ;) {
    const draft = await render(Math.max(0, capacity - reduction));
    const text = fence.enclose(draft.lines);
    const tokens = budget.count(text);
    if (tokens <= budget.tokens) return { draft, text, tokens };
    // Without capacity, a block contains only the line that counts omitted items, which was counted before.
    if (reduction > capacity) throw invalidCount("returns more tokens for less text");
    reduction = Math.max(reduction * 2, tokens - budget.tokens);
  }
}
