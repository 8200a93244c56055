import { visibleJson } from "../fence/visible-json.ts";

/** Why a selected item is not in the text. */
export type OmittedReason =
  /** No space was left. */
  | "budget"
  /** Its author had used its share, and no space was left for more. */
  | "share"
  /** It exceeds the budget alone; the text names it without its value, if that fits. */
  | "too_large"
  /** Its value is damaged where it is stored. */
  | "unreadable";

export interface OmittedItem {
  readonly key: string;
  readonly reason: OmittedReason;
  /** Tokens of its line; undefined if its value was not read. */
  readonly tokens: number | undefined;
}

/**
 * How many were left out and why, in one line; undefined when all is there. `unnamed` events were too large even
 * without their data.
 */
export function omittedLine(
  omitted: readonly OmittedItem[],
  more: boolean,
  unnamed = 0,
): string | undefined {
  if (omitted.length + unnamed === 0 && !more) return undefined;
  const counts: Partial<Record<OmittedReason, number>> =
    unnamed === 0 ? {} : { too_large: unnamed };
  for (const { reason } of omitted) counts[reason] = (counts[reason] ?? 0) + 1;
  return visibleJson({ omitted: counts, ...(more && { more }) });
}

/** At least as long as any such line for so many items. */
export function longestOmittedLine(items: number): string {
  return visibleJson({ omitted: { budget: items, share: items, too_large: items }, more: true });
}
