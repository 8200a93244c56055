import { MOST_LISTED } from "../state/directory.ts";
import { count } from "../text/units.ts";

/** Says that a list may be longer than what was loaded of it. */
export function LimitNote({ list, of }: { list: readonly unknown[] | undefined; of: string }) {
  if (list === undefined || list.length < MOST_LISTED) return null;
  return (
    <p class="notice">
      Only the first {count(MOST_LISTED)} {of}, by name, are shown.
    </p>
  );
}
