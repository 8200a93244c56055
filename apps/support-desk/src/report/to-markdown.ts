import { type Section, type Table, toText } from "./section.ts";

export function toMarkdown(sections: readonly Section[]): string {
  return sections.map(part).join("\n");
}

function part({ title, lines = [], table, notes = [] }: Section, index: number): string {
  const out = [`${index === 0 ? "#" : "##"} ${title}`, ""];
  if (lines.length > 0) out.push(...lines.map((line) => `- ${escape(line)}`), "");
  if (table !== undefined) out.push(...rowsOf(table), "");
  for (const note of notes) out.push(escape(note), "");
  return out.join("\n");
}

function rowsOf({ columns, rows }: Table): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(" | ")} |`;
  const marks = columns.map((_, i) =>
    rows.every((row) => typeof row[i] === "number") ? "---:" : "---",
  );
  return [line(columns), `| ${marks.join(" | ")} |`, ...rows.map((row) => line(row.map(toText)))];
}

function escape(text: string): string {
  return text.replaceAll(/[\\|<>`*_]/g, (mark) => `\\${mark}`);
}
