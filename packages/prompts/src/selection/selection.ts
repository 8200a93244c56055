import { type Duration, type ItemHeader, type ItemState, SynthaError } from "@syntha/core";
import { toMs } from "@syntha/core/storage";

/** Which of the visible items are selected; all given conditions must match. */
export interface Selection {
  /** Only items on at least one of these topics. */
  readonly topics?: readonly string[] | undefined;
  /** Only these keys, at most 1,000. */
  readonly keys?: readonly string[] | undefined;
  /** Only keys with this prefix. */
  readonly prefix?: string | undefined;
  /** Only items whose value was last written by one of these agents; `null` is the system. */
  readonly authors?: readonly (string | null)[] | undefined;
  /** Only items whose value was written within this time: `"1h"`, or milliseconds. */
  readonly maxAge?: Duration | undefined;
  readonly state?: ItemState | undefined;
}

const MOST_KEYS = 1_000;

/** @throws INVALID_ARGUMENTS for invalid or empty lists: a selection of nothing is probably a mistake */
export function checkSelection({ topics, keys, authors, maxAge }: Selection): void {
  for (const [path, list] of Object.entries({ topics, keys, authors })) {
    if (list === undefined) continue;
    if (Array.isArray(list) && list.length > 0 && list.length <= MOST_KEYS) continue;
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      `\`${path}\` must be a list of 1 to ${MOST_KEYS} entries.`,
      {
        hint: "Omit it to select regardless of it.",
        details: { path, maximum: MOST_KEYS },
      },
    );
  }
  if (maxAge !== undefined) toMs("maxAge", maxAge);
}

/** Whether an item that its agent sees is selected, whatever its age. */
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

/** A text that is the same for the same selection. */
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
