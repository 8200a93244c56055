import { readFileSync } from "node:fs";

import { duration, toColumns, toText } from "./format.ts";
import type { Report } from "./report.ts";
import { type Chart, type Section, type Table, toSections } from "./sections.ts";
import { summaryOf } from "./summary.ts";

/** A value with more characters is shown smaller. */
const LONG = 14;

/** A page without external parts, for a screen of any width, light or dark. */
export function toHtml(report: Report): string {
  const { title, problems, figures } = summaryOf(report);
  const style = readFileSync(new URL("style.css", import.meta.url), "utf8");
  const list = problems.map((text) => `<li>${escape(text)}</li>`).join("");
  const tiles = figures.map(([label, value, note]) => {
    const size = value.length > LONG ? "long" : "";
    return `<div><dt>${label}</dt><dd class="${size}">${escape(value)}</dd><p>${escape(note)}</p></div>`;
  });
  const when = report.run.endedAt.slice(0, 16).replace("T", " ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Support desk: ${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<header><p>Support desk · decided by ${escape(report.run.model ?? "rules")} · ${when} UTC</p>
<h1>${escape(title)}</h1>
${list === "" ? '<p class="state good">No problems</p>' : `<ul class="state bad">${list}</ul>`}
</header>
<main>
<dl class="figures">${tiles.join("\n")}</dl>
${toSections(report).map(render).join("\n")}
</main>
</body>
</html>
`;
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return toText(text).replaceAll(/[&<>"]/g, (mark) => entities[mark] ?? mark);
}

function render({ title, lines, chart, table = [] }: Section): string {
  const classes: Record<string, string> = { "✓": "yes", "✗": "no" };
  const texts = lines.map(
    (line) => `<p class="${classes[line[0] ?? ""] ?? "note"}">${escape(line)}</p>`,
  );
  const parts = [
    ...(chart ? [curves(chart)] : []),
    ...(table.length > 0 ? [toTable(table)] : []),
    ...texts,
  ];
  return `<section><h2>${escape(title)}</h2>\n${parts.join("\n")}\n</section>`;
}

/** A bar fills the share of its cell that its count has of the greatest in the table. */
function toTable(table: Table): string {
  const columns = toColumns(table);
  const rows = table.map((row) => Object.values(row));
  const counts = rows.flatMap((row) => row.filter((_, i) => columns[i]?.isCount)).map(Number);
  const most = Math.max(1, ...counts);
  const head = columns.map(({ heading }) => `<th>${escape(heading)}</th>`).join("");
  const body = rows.map((row, r) => {
    const cells = columns.map(({ isCount, texts }, i) => {
      const share = isCount ? (Number(row[i]) / most) * 100 : 0;
      const bar = share > 0 ? ` class="bar c${i % 4}" style="--share:${share.toFixed(1)}%"` : "";
      return `<td${bar}>${escape(texts[r] ?? "")}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table><tr>${head}</tr>\n${body.join("\n")}</table></div>`;
}

/** Shapes stretch and text does not, so that both fit a phone. */
function curves({ points, marks, markName }: Chart): string {
  const end = Math.max(1, points.at(-1)?.ms ?? 0);
  const names = Object.keys(points[0] ?? {}).filter((name) => name !== "ms");
  const most = Math.max(1, ...points.flatMap((point) => names.map((name) => point[name] ?? 0)));
  const x = (ms: number) => ((ms / end) * 1_000).toFixed(1);
  const y = (value = 0) => (1_000 - (value / most) * 1_000).toFixed(1);
  // In steps: a count stays until the next one.
  const paths = names.map((name, i) => {
    const steps = points.map((point) => `H${x(point.ms)}V${y(point[name])}`);
    return `<path class="line c${i}" d="M0 1000${steps.join("")}"/>`;
  });
  const dashes = marks.map((ms) => `<path class="mark" d="M${x(ms)} 0V1000"/>`);
  const keys = names.map((name, i) => `<span class="key c${i}">${escape(name)}</span>`);
  return `<p class="legend">${keys.join("")}<span class="key dashed">${escape(markName)}</span></p>
<div class="plot"><div class="axis up"><span>${toText(most)}</span><span>${toText(most / 2)}</span><span>0</span></div>
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">${dashes.join("")}${paths.join("")}</svg>
<div class="axis"><span>0</span><span>${duration(end / 2)}</span><span>${duration(end)}</span></div></div>`;
}
