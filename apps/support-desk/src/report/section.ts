export type Cell = string | number;

/** Rows below headings. Numbers stand to the right. */
export type Table = { columns: readonly string[]; rows: readonly (readonly Cell[])[] };

/** One part of a report, however it is laid out. */
export type Section = {
  title: string;
  lines?: readonly string[];
  table?: Table;
  /** What stands below the table. */
  notes?: readonly string[];
};

const integers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Whole numbers in groups of three; text as it is. */
export function toText(cell: Cell): string {
  return typeof cell === "number" ? integers.format(cell) : cell;
}
