import { readFileSync } from "node:fs";
import { duration, type Table, toHeading, toText } from "./format.ts";
import type { Chart, Report, Section } from "./report.ts";

/** A value with more characters is shown smaller. */
const LONG = 14;

/** A page without external parts, for a screen of any width, light or dark. */
export function toHtml({ title, problems, figures, chart, sections }: Report): string {
  const style = readFileSync(new URL("style.css", import.meta.url), "utf8");
  const list = problems.map((text) => `<li>${escape(text)}</li>`).join("");
  const tiles = figures.map(([label, value, note]) => {
    const size = value.length > LONG ? "long" : "";
    return `<div><dt>${label}</dt><dd class="${size}">${escape(value)}</dd><p>${escape(note)}</p></div>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Support desk: ${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<header><p>Support desk</p>
<h1>${escape(title)}</h1>
${list === "" ? '<p class="state good">No problems</p>' : `<ul class="state bad">${list}</ul>`}
</header>
<main>
<dl class="figures">${tiles.join("\n")}</dl>
${toCurves(chart)}
${sections.map(toSection).join("\n")}
</main>
</body>
</html>
`;
}

function escape(text: string): string {
  return toText(text).replaceAll(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

function toSection({ title, lines, table = [] }: Section): string {
  const classes: Record<string, string> = { "✓": "yes", "✗": "no" };
  const texts = lines.map(
    (line) => `<p class="${classes[line[0] ?? ""] ?? "note"}">${escape(line)}</p>`,
  );
  return `<section><h2>${escape(title)}</h2>\n${toTable(table)}\n${texts.join("\n")}\n</section>`;
}

/** A bar fills the share of its cell that its count has of the greatest in its column. */
function toTable(table: Table): string {
  const names = Object.keys(table[0] ?? {});
  if (names.length === 0) return "";
  const head = names.map((name) => `<th>${escape(toHeading(name))}</th>`).join("");
  const body = table.map((row) => {
    const cells = names.map((name, i) => {
      const cell = row[name] ?? "";
      const most = Math.max(1, ...table.map((each) => Number(each[name]) || 0));
      const share = typeof cell === "number" ? (cell / most) * 100 : 0;
      const bar = share > 0 ? ` class="bar c${i % 4}" style="--share:${share.toFixed(1)}%"` : "";
      return `<td${bar}>${escape(toText(cell))}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll"><table><tr>${head}</tr>\n${body.join("\n")}</table></div>`;
}

/** Shapes stretch and text does not, so that both fit a phone. */
function toCurves({ endMs, lines, marks }: Chart): string {
  const most = Math.max(1, ...lines.map(({ points }) => points.at(-1)?.count ?? 0));
  const x = (ms: number) => ((ms / Math.max(1, endMs)) * 1_000).toFixed(1);
  const y = (value: number) => (1_000 - (value / most) * 1_000).toFixed(1);
  // In steps: a count stays until the next one.
  const paths = lines.map(({ points }, i) => {
    const steps = points.map(({ ms, count }) => `H${x(ms)}V${y(count)}`);
    return `<path class="line c${i}" d="M0 1000${steps.join("")}H1000"/>`;
  });
  const dashes = marks.map((ms) => `<path class="mark" d="M${x(ms)} 0V1000"/>`);
  const keys = lines.map(({ name }, i) => `<span class="key c${i}">${escape(name)}</span>`);
  return `<section class="wide"><h2>Tickets over time</h2>
<p class="legend">${keys.join("")}<span class="key dashed">a specialist joined</span></p>
<div class="plot"><div class="axis up"><span>${toText(most)}</span><span>${toText(most / 2)}</span><span>0</span></div>
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">${dashes.join("")}${paths.join("")}</svg>
<div class="axis"><span>0</span><span>${duration(endMs / 2)}</span><span>${duration(endMs)}</span></div></div>
</section>`;
}
