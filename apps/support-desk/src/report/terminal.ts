import { styleText } from "node:util";
import { type Table, toHeading, toText } from "./format.ts";
import type { Report } from "./report.ts";

const COLUMNS = 80;

/** Styles text where standard output shows it: on a terminal, and without NO_COLOR. */
const style = (format: "bold" | "dim" | "red" | "green", text: string) =>
  styleText(format, text, { stream: process.stdout, validateStream: true });

/** The summary, problems first; with `isFull` every text and table too. */
export function toTerminal({ title, problems, figures, sections }: Report, isFull = false): string {
  const state =
    problems.length > 0 ? style("red", "with problems:") : style("green", "with no problems");
  const [labelWidth, valueWidth] = [0, 1].map((i) =>
    Math.max(...figures.map((figure) => figure[i]?.length ?? 0)),
  ) as [number, number];
  const marked = problems.map((text) => style("red", `  ✗ ${wrap(text, 4)}`));
  const lines = figures.map(([label, value, note]) => {
    const text = wrap(`${value.padEnd(Math.min(valueWidth, 14))}  ${note}`, labelWidth + 4);
    return `  ${style("bold", label.padEnd(labelWidth))}  ${text}`;
  });
  const summary = [`${style("bold", `${title},`)} ${state}`, ...marked, ...lines, ""].join("\n");
  const parts = sections.map((section) => {
    const texts = section.lines.map((line) => `  ${wrap(line, 4)}`);
    return [style("bold", section.title), ...texts, ...toRows(section.table), ""].join("\n");
  });
  return isFull ? [summary, ...parts].join("\n") : summary;
}

/** Breaks text between words. All lines but the first are indented. */
export function wrap(text: string, indent = 0): string {
  const lines = [""];
  for (const word of toText(text).split(/(?<=\S) /)) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length > COLUMNS - indent) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}

function toRows(table: Table = []): string[] {
  const names = Object.keys(table[0] ?? {});
  const texts = [
    names.map(toHeading),
    ...table.map((row) => names.map((name) => toText(row[name] ?? ""))),
  ];
  const widths = names.map((_, i) => Math.max(...texts.map((row) => row[i]?.length ?? 0)));
  const [head = "", ...rows] = texts.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `  ${cells.join("  ")}`;
  });
  return names.length === 0 ? [] : [style("dim", head), ...rows];
}
