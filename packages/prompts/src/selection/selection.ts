import { type Duration, type ItemHeader, type ItemState, SynthaError } from "@syntha/core";
import { toMs } from "@syntha/core/storage";

/** Selects some of the visible items; all given conditions must match. */
export interface Selection {
  /** Only items on at least one of these topics. */
  readonly topics?: readonly string[] | undefined;
  /** Only these keys, at most 1,000. */
  readonly keys?: readonly string[] | undefined;
  /** Only keys with this prefix. */
  readonly prefix?: string | undefined;
  /** Only items whose value was last written by one of these agents; `null` is the system. */
  readonly authors?: readonly (string | null)[] | undefined;
  /** Only items whose value was written within this duration: `"1h"`, or milliseconds. */
  readonly maxAge?: Duration | undefined;
  /** Only items in this state. */
  readonly state?: ItemState | undefined;
}

const MAX_ENTRIES = 1_000;

/** @throws INVALID_ARGUMENTS for invalid or empty lists: an empty selection is probably a mistake */
export function checkSelection({ topics, keys, authors, maxAge }: Selection): void {
  for (const [path, list] of Object.entries({ topics, keys, authors })) {
    if (list === undefined) continue;
    if (Array.isArray(list) && list.length > 0 && list.length <= MAX_ENTRIES) continue;
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      `\`${path}\` must be a list of 1 to ${MAX_ENTRIES} entries.`,
      {
        hint: "Omit it to select regardless of it.",
        details: { path, maximum: MAX_ENTRIES },
      },
    );
  }
  if (maxAge !== undefined) toMs("maxAge", maxAge);
}

/** Whether a visible item is selected, regardless of its age. */
export function isSelected(
  item: ItemHeader,
  { topics, keys, prefix, authors, state }: Selection,
): boolean {
  return (
    (topics === undefined || topics.some((topic) => item.topics.includes(topic))) &&
    (keys === undefined || keys.includes(item.key)) &&
    (prefix === undefined || item.key.startsWith(prefix)) &&
    (authors === undefined || authors.includes(item.author ?? null)) &&
    (state === undefined || item.state === state)
  );
}

/** The time after which a selected item must have been written. */
export function minimumTime(now: Date, { maxAge }: Selection): Date | undefined {
  return maxAge === undefined ? undefined : new Date(now.getTime() - toMs("maxAge", maxAge));
}

export function isRecent({ updatedAt }: ItemHeader, after: Date | undefined): boolean {
  return after === undefined || updatedAt > after;
}

/** A text that is equal for equal selections. */
export function selectionText({ topics, keys, prefix, authors, maxAge, state }: Selection): string {
  return JSON.stringify({
    topics: topics?.toSorted(),
    keys: keys?.toSorted(),
    prefix,
    authors: authors?.toSorted(),
    maxAge,
    state,
  });
}
