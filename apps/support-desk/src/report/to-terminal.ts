import { styleText } from "node:util";

import { type Section, type Table, toText } from "./section.ts";

const WIDTH = 90;

type Style = Parameters<typeof styleText>[0];
/** Styles text where the output can show it: on a terminal, and not against NO_COLOR. */
export type Styler = (style: Style, text: string) => string;

const plain: Styler = (_, text) => text;
export const stylerFor =
  (stream: NodeJS.WriteStream): Styler =>
  (style, text) =>
    styleText(style, text, { stream, validateStream: true });

/** A report for the terminal, with box tables. */
export function toTerminal(sections: readonly Section[], style: Styler = plain): string {
  return sections.map((section) => part(section, style)).join("\n");
}

function part({ title, lines = [], table, notes = [] }: Section, style: Styler): string {
  const out = [style("bold", title), ...lines.flatMap((line) => wrap(printable(line)))];
  if (table !== undefined) out.push(...box(table, style).map((line) => `  ${line}`));
  out.push(...notes.flatMap(wrap).map((note) => style("dim", note)));
  return `${out.join("\n")}\n`;
}

/** Lines of a width that people read, the further ones set in. */
function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(/(?<=\S) /)) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line, i) => (i === 0 ? `  ${line}` : `      ${line}`));
}

function box({ columns, rows }: Table, style: Styler): string[] {
  const texts = rows.map((row) => row.map((each) => printable(toText(each))));
  const widths = columns.map((name, i) =>
    Math.max(name.length, ...texts.map((row) => row[i]?.length ?? 0)),
  );
  const isNumeric = columns.map((_, i) => rows.every((row) => typeof row[i] === "number"));
  const cell = (text: string, i: number): string =>
    isNumeric[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
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

/** Ids come from a file: what they hold must not command the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\uFFFD");
}
