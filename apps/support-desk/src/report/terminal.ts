import { styleText } from "node:util";

import { fit, toColumns, widthOf, wrap } from "./format.ts";
import type { Report } from "./report.ts";
import { type Table, toSections } from "./sections.ts";
import { summaryOf } from "./summary.ts";

/** No line is wider. */
export const COLUMNS = 80;
/** The notes of the summary begin after values of this width. */
const VALUE_WIDTH = 15;
const MIN_NAME_WIDTH = 6;

/** Styles text where the output shows it: on a terminal, and without NO_COLOR. */
export type Styler = (style: Parameters<typeof styleText>[0], text: string) => string;

const plain: Styler = (_, text) => text;
export const stylerFor =
  (stream: NodeJS.WriteStream): Styler =>
  (style, text) =>
    styleText(style, text, { stream, validateStream: true });

/** About ten lines, problems first. */
export function toSummary(report: Report, style: Styler = plain): string {
  const { title, problems, figures } = summaryOf(report);
  const state =
    problems.length > 0 ? style("red", "with problems:") : style("green", "with no problems");
  const labels = Math.max(...figures.map(([label]) => label.length));
  const widths = figures.map(([, value]) => value.length);
  const values = Math.max(...widths.filter((width) => width <= VALUE_WIDTH));
  const lines = figures.map(([label, value, note]) => {
    const text = wrap(`${value.padEnd(values)}  ${note}`, COLUMNS, labels + 4);
    return `  ${style("bold", label.padEnd(labels))}  ${text}`.trimEnd();
  });
  const marked = problems.map((text) => style("red", `  ✗ ${wrap(text, COLUMNS, 4)}`));
  return [`${style("bold", `${title},`)} ${state}`, ...marked, ...lines, ""].join("\n");
}

/** The summary, then every text and table. */
export function toTerminal(report: Report, style: Styler = plain): string {
  const parts = toSections(report).map(({ title, lines, table = [] }) => {
    const texts = lines.map((line) => `  ${wrap(line, COLUMNS, 4)}`);
    return [style("bold", title), ...texts, ...tableLines(table, style), ""].join("\n");
  });
  return [toSummary(report, style), ...parts].join("\n");
}

/** The first column may be cut, numbers never. */
function tableLines(table: Table, style: Styler): string[] {
  const columns = toColumns(table);
  const widths = columns.map(({ heading, texts }) => Math.max(...[heading, ...texts].map(widthOf)));
  const rest = widths.slice(1).reduce((sum, width) => sum + width + 2, 0);
  widths[0] = Math.min(widths[0] ?? 0, Math.max(COLUMNS - 2 - rest, MIN_NAME_WIDTH));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((text, i) => fit(text, widths[i] ?? 0, i > 0)).join("  ")}`;
  const rows = table.map((_, row) => line(columns.map(({ texts }) => texts[row] ?? "")));
  const head = style("bold", line(columns.map(({ heading }) => heading)));
  return rows.length === 0
    ? []
    : [head, style("dim", `  ${"─".repeat(widths[0] + rest)}`), ...rows];
}
