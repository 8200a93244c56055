import { visible } from "../terminal/escape.ts";
import type { Paint } from "../terminal/paint.ts";
import { truncate } from "../terminal/width.ts";
import { isChange, type PlannedFile } from "./file-edit.ts";

const MOST_LINES = 24;

/** What becomes of a file, for a person who decides. */
export function planLines(
  file: PlannedFile,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  const { path, before, after = "", note } = file;
  const notes = (note ?? "")
    .split("\n")
    .filter(Boolean)
    .map((line) => `    ${paint("yellow", visible(line))}`);
  if (!isChange(file)) {
    const what =
      note === undefined ? paint("dim", "is up to date") : paint("yellow", "stays as it is");
    return [`  ${paint("bold", path)}  ${what}`, ...notes];
  }
  const what = before === undefined ? "new" : "changes";
  const added = changedLines(before ?? "", after);
  const shown = added
    .slice(0, MOST_LINES)
    .map(([mark, line]) =>
      paint(
        mark === "+" ? "green" : "red",
        `    ${mark} ${truncate(visible(line.replaceAll("\t", "  ")), width - 8)}`,
      ),
    );
  if (added.length > MOST_LINES)
    shown.push(paint("dim", `    … ${added.length - MOST_LINES} more lines`));
  return [`  ${paint("bold", path)}  ${paint("green", what)}`, ...shown, ...notes];
}

/** The lines between what two texts begin and end with. */
function changedLines(before: string, after: string): readonly (readonly ["+" | "-", string])[] {
  const [old, next] = [before.split("\n"), after.split("\n")];
  const least = Math.min(old.length, next.length);
  let start = 0;
  while (start < least && old[start] === next[start]) start++;
  let end = 0;
  while (end < least - start && old.at(-1 - end) === next.at(-1 - end)) end++;
  const removed = old.slice(start, old.length - end).filter((line) => line !== "");
  return [
    ...removed.map((line) => ["-", line] as const),
    ...next.slice(start, next.length - end).map((line) => ["+", line] as const),
  ];
}
