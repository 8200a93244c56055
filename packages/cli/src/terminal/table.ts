import type { Paint, Style } from "./paint.ts";
import { pad, truncate, widthOf } from "./width.ts";

/** A cell: a text without colours or controls, and the style of all of it. */
export type Cell = string | readonly [text: string, style: Style | readonly Style[]];

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** The least width to which it shrinks; undefined: it never does. */
  readonly min?: number;
}

const GAP = "  ";

/** Cells are looked at up to here. */
const MAX_COLUMNS = 400;

/**
 * Lines of a table that fits the width. Columns that are empty in every row are left out; the widest columns that may
 * shrink do so first.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] {
  if (rows.length === 0) return [];
  const texts = rows.map((row) => row.map((cell) => truncate(textOf(cell), MAX_COLUMNS)));
  const shown = columns.flatMap((_, at) => (texts.some((row) => row[at] !== "") ? [at] : []));
  const used = shown.map((at) => columns[at] as Column);
  const natural = shown.map((at, i) =>
    texts.reduce(
      (widest, row) => Math.max(widest, widthOf(row[at] ?? "")),
      widthOf(used[i]?.title ?? ""),
    ),
  );
  const widths = fit(natural, used, width - GAP.length * (shown.length - 1));
  const line = (
    cells: readonly string[],
    styleAt: (i: number) => Style | readonly Style[] | undefined,
  ) =>
    cells
      .map((text, i) => {
        const isLast = i === cells.length - 1;
        const [size, align] = [widths[i] ?? 0, used[i]?.align ?? "left"];
        const short = truncate(text, size);
        const style = styleAt(i);
        const painted = style === undefined || short === "" ? short : paint(style, short);
        return isLast && align === "left" ? painted : pad(painted, size, align);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      used.map(({ title }) => title),
      () => "dim",
    ),
    ...rows.map((row, r) =>
      line(
        shown.map((at) => texts[r]?.[at] ?? ""),
        (i) => styleOf(row[shown[i] as number] as Cell),
      ),
    ),
  ];
}

function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell[0];
}

function styleOf(cell: Cell): Style | readonly Style[] | undefined {
  return typeof cell === "string" ? undefined : cell[1];
}

/** The least width of a column on a terminal that is too narrow for the columns' own. */
const NARROWEST = 4;

/** Takes one column's width after the other from the widest, until all fit or can't shrink. */
function fit(natural: readonly number[], columns: readonly Column[], total: number): number[] {
  const widths = [...natural];
  const least = columns.map(({ min = Infinity }) => min);
  for (const mins of [least, least.map((min) => (min === Infinity ? min : NARROWEST))]) {
    for (let over = sum(widths) - total; over > 0; over--) {
      const widest = widestOf(widths, mins);
      if (widest === undefined) break;
      widths[widest] = (widths[widest] as number) - 1;
    }
  }
  return widths;
}

function widestOf(widths: readonly number[], mins: readonly number[]): number | undefined {
  let widest: number | undefined;
  for (const [at, size] of widths.entries())
    if (size > (mins[at] as number) && (widest === undefined || size > (widths[widest] as number)))
      widest = at;
  return widest;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
