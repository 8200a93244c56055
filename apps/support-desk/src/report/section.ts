import type { Chart, Tone } from "./charts.ts";

type Cell = string | number;

/** Rows below headings. Numbers are aligned right. */
export type Table = {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** Columns of a page that are coloured by how much of the column's greatest number each cell holds. */
  tones?: readonly (Tone | undefined)[];
};

/** A sentence, or one that says yes or no. */
export type Line = string | { yes: boolean; text: string };

/** One part of a report. A terminal shows the table, a page the chart with the table below it. */
export type Section = {
  title: string;
  lines?: readonly Line[];
  chart?: Chart;
  table?: Table;
  notes?: readonly string[];
};
