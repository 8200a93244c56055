import { type Section, type Table, toText } from "./section.ts";

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  h2 { margin-top: 2rem; font-size: 1.1rem; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th, td { border-bottom: 1px solid #8885; padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; }
  .number { text-align: right; }
  p.note { color: #888; font-size: 0.9rem; }
`;

/** A page that needs nothing but itself. */
export function toHtml(sections: readonly Section[]): string {
  const title = escape(sections[0]?.title ?? "Report");
  const body = sections.map(part).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function part({ title, lines = [], table, notes = [] }: Section, index: number): string {
  const level = index === 0 ? "h1" : "h2";
  return [
    `<${level}>${escape(title)}</${level}>`,
    ...lines.map((line) => `<p>${escape(line)}</p>`),
    ...(table === undefined ? [] : [tableOf(table)]),
    ...notes.map((note) => `<p class="note">${escape(note)}</p>`),
  ].join("\n");
}

function tableOf({ columns, rows }: Table): string {
  const isNumeric = columns.map((_, i) => rows.every((row) => typeof row[i] === "number"));
  const line = (tag: "th" | "td", cells: readonly string[]): string =>
    `<tr>${cells
      .map((text, i) => `<${tag}${isNumeric[i] ? ' class="number"' : ""}>${escape(text)}</${tag}>`)
      .join("")}</tr>`;
  const body = rows.map((row) => line("td", row.map(toText))).join("\n");
  return `<table>\n<thead>${line("th", columns)}</thead>\n<tbody>\n${body}\n</tbody>\n</table>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (mark) => entities[mark] ?? mark);
}
