import { styleText } from "node:util";

import { printable, toText } from "./format.ts";
import { headlineOf } from "./headline.ts";
import type { Report } from "./report.ts";
import type { Section, Table } from "./section.ts";
import { toSections } from "./sections.ts";
import { fit, widthOf, wrap } from "./text-width.ts";

/** No line is wider. */
export const TERMINAL_COLUMNS = 80;
/** Where the notes of the summary begin at most; a longer value moves its own. */
const WIDEST_VALUE = 15;
/** A table's columns are not made narrower. */
const NARROWEST = 6;

type Style = Parameters<typeof styleText>[0];
/** Styles text where the output can show it: on a terminal, and not against NO_COLOR. */
export type Styler = (style: Style, text: string) => string;

const plain: Styler = (_, text) => text;
export const stylerFor =
  (stream: NodeJS.WriteStream): Styler =>
  (style, text) =>
    styleText(style, text, { stream, validateStream: true });

/** What a person wants to know, in some ten lines: problems first. */
export function toSummary(report: Report, style: Styler = plain): string {
  const { title, problems, figures } = headlineOf(report);
  const state =
    problems.length === 0 ? style("green", "with no problems") : style("red", "with problems:");
  const labels = Math.max(...figures.map(({ label }) => label.length));
  const widths = figures.map(({ value }) => value.length);
  const values = Math.max(...widths.filter((width) => width <= WIDEST_VALUE));
  const rows = figures.map(({ label, value, note }) => {
    const [first, ...rest] = wrapped(`${value.padEnd(values)}  ${note}`, labels + 4);
    return [`  ${style("bold", label.padEnd(labels))}  ${first}`.trimEnd(), ...rest].join("\n");
  });
  return [
    `${style("bold", `${title},`)} ${state}`,
    ...problems.flatMap((text) =>
      wrapped(text, 4).map((line, i) => style("red", i === 0 ? `  ✗ ${line}` : line)),
    ),
    ...rows,
    "",
  ].join("\n");
}

/** All of a report, with box tables. */
export function toTerminal(report: Report, style: Styler = plain): string {
  return [toSummary(report, style), ...toSections(report).map((each) => part(each, style))].join(
    "\n",
  );
}

function part({ title, lines = [], table, notes = [] }: Section, style: Styler): string {
  if (lines.length === 0 && table === undefined) return "";
  const out = [style("bold", title)];
  for (const line of lines) {
    const mark = typeof line === "string" ? "" : line.yes ? "✓ " : "✗ ";
    const text = typeof line === "string" ? line : line.text;
    out.push(...wrapped(mark + text, 6).map((each, i) => (i === 0 ? `  ${each}` : each)));
  }
  if (table !== undefined) out.push(...box(table, style).map((line) => `  ${line}`));
  for (const note of notes) {
    out.push(...wrapped(note, 2).map((each, i) => style("dim", i === 0 ? `  ${each}` : each)));
  }
  return `${out.join("\n")}\n`;
}

/** Lines for a place that is set in by so many columns; the first comes without them. */
function wrapped(text: string, indent: number): string[] {
  const lines = wrap(printable(text), TERMINAL_COLUMNS - indent);
  return lines.map((line, i) => (i === 0 ? line : " ".repeat(indent) + line));
}

function box({ columns, rows }: Table, style: Styler): string[] {
  const texts = rows.map((row) => row.map((each) => printable(toText(each))));
  const isNumeric = columns.map((_, i) => rows.every((row) => typeof row[i] === "number"));
  const contents = columns.map((_, i) => Math.max(0, ...texts.map((row) => widthOf(row[i] ?? ""))));
  const widths = columns.map((name, i) => Math.max(widthOf(name), contents[i] ?? 0));
  // Headings and text may be cut, numbers never.
  const least = contents.map((width, i) => (isNumeric[i] ? width : Math.min(width, NARROWEST)));
  narrow(widths, least, TERMINAL_COLUMNS - 3 - 3 * columns.length);
  const cell = (text: string, i: number): string => fit(text, widths[i] ?? 0, isNumeric[i]);
  const rule = (left: string, middle: string, right: string): string =>
    style("dim", left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right);
  const bar = style("dim", "│");
  const line = (cells: readonly string[]): string => `${bar} ${cells.join(` ${bar} `)} ${bar}`;
  return [
    rule("┌", "┬", "┐"),
    line(columns.map((name, i) => style("bold", cell(name, i)))),
    rule("├", "┼", "┤"),
    ...texts.map((row) => line(row.map(cell))),
    rule("└", "┴", "┘"),
  ];
}

/** Takes from the columns with the most to give until all of them fit. */
function narrow(widths: number[], least: readonly number[], room: number): void {
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const spare = widths.map((width, i) => width - (least[i] ?? 0));
    const most = Math.max(...spare);
    if (most === 0) return;
    const chosen = spare.indexOf(most);
    widths[chosen] = (widths[chosen] ?? 0) - 1;
  }
}
