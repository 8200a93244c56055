import { chartToHtml, escape } from "./charts.ts";
import { toText } from "./format.ts";
import { type Headline, headlineOf } from "./headline.ts";
import type { Report } from "./report.ts";
import type { Line, Section, Table } from "./section.ts";
import { toSections } from "./sections.ts";
import { style } from "./style.ts";

/** A table of more columns takes the whole width. */
const WIDE = 6;

/** A figure of more characters is smaller. */
const LONG = 14;

/** A page that needs nothing but itself, for a screen of any width, light or dark. */
export function toHtml(report: Report): string {
  const headline = headlineOf(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Support desk: ${escape(headline.title)}</title>
<style>${style}</style>
</head>
<body>
<header><p>Support desk · decided by ${escape(report.run.model ?? "rules")} · ${escape(report.run.endedAt.slice(0, 16).replace("T", " "))} UTC</p>
<h1>${escape(headline.title)}</h1>
${problems(headline)}
</header>
<main>
${figures(headline)}
${toSections(report).map(part).join("\n")}
</main>
</body>
</html>
`;
}

function problems({ problems: all }: Headline): string {
  if (all.length === 0) return '<p class="state good">No problems</p>';
  return `<ul class="state bad">${all.map((text) => `<li>${escape(text)}</li>`).join("")}</ul>`;
}

function figures({ figures: all }: Headline): string {
  const tiles = all.map(
    ({ label, value, note }) =>
      `<div><dt>${escape(label)}</dt><dd${value.length > LONG ? ' class="long"' : ""}>${escape(value)}</dd><p>${escape(note)}</p></div>`,
  );
  return `<dl class="figures">${tiles.join("\n")}</dl>`;
}

function part({ title, lines = [], chart, table, notes = [] }: Section): string {
  return [
    `<section${(table?.columns.length ?? 0) > WIDE ? ' class="wide"' : ""}><h2>${escape(title)}</h2>`,
    ...lines.map(sentence),
    ...(chart === undefined ? [] : [chartToHtml(chart)]),
    ...(table === undefined ? [] : [chart === undefined ? tableOf(table) : folded(tableOf(table))]),
    ...notes.map((note) => `<p class="note">${escape(note)}</p>`),
    "</section>",
  ].join("\n");
}

function sentence(line: Line): string {
  if (typeof line === "string") return `<p>${escape(line)}</p>`;
  return `<p class="${line.yes ? "yes" : "no"}">${escape(line.text)}</p>`;
}

const folded = (html: string): string => `<details><summary>Numbers</summary>${html}</details>`;

function tableOf({ columns, rows, tones = [] }: Table): string {
  const isNumeric = columns.map((_, i) => rows.every((row) => typeof row[i] === "number"));
  const most = columns.map((_, i) => Math.max(1, ...rows.map((row) => Number(row[i]) || 0)));
  const head = columns.map(
    (text, i) => `<th${isNumeric[i] ? ' class="number"' : ""}>${escape(text)}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, i) => {
      const tone = tones[i];
      const share = tone === undefined ? 0 : Math.ceil((Number(cell) / (most[i] ?? 1)) * 100);
      const classes = [...(isNumeric[i] ? ["number"] : []), ...(cell === 0 ? ["zero"] : [])].join(
        " ",
      );
      const shade = share === 0 ? "" : ` style="--share:${share}%;--tone:var(--${tone})"`;
      return `<td class="${classes}"${shade}>${escape(toText(cell))}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head.join("")}</tr></thead>
<tbody>${body.join("\n")}</tbody></table></div>`;
}
