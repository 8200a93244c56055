import type { Distribution } from "./distribution.ts";
import { duration, printable, toText } from "./format.ts";

/** A colour of the page, or a dashed line. `bad` is for what should not be there. */
export type Tone = "one" | "two" | "three" | "faint" | "bad" | "dashed";
type Series = { name: string; tone: Tone };

export type Chart =
  | {
      kind: "bars";
      series: readonly Series[];
      /** `values` are in the order of the series; `text` is what stands at the bar's end. */
      rows: readonly { label: string; values: readonly number[]; text: string }[];
    }
  | {
      kind: "curves";
      series: readonly (Series & { values: readonly number[] })[];
      /** Where the values are, from the left; the last is the right end. */
      atMs: readonly number[];
      marks: { name: string; atMs: readonly number[] };
    }
  | { kind: "histogram"; name: string; distribution: Distribution }
  | {
      kind: "flow";
      nodes: Readonly<Record<string, { column: number; row: number; name: string }>>;
      links: readonly { from: string; to: string; amount: number; noun: string; tone: Tone }[];
      legend: readonly Series[];
    };

/** A chart as HTML: shapes are SVG that stretches, text is text, so that both fit a phone. */
export function chartToHtml(chart: Chart): string {
  switch (chart.kind) {
    case "bars":
      return bars(chart);
    case "curves":
      return curves(chart);
    case "histogram":
      return histogram(chart);
    case "flow":
      return flow(chart);
  }
}

type Of<K extends Chart["kind"]> = Extract<Chart, { kind: K }>;

function bars({ series, rows }: Of<"bars">): string {
  const most = Math.max(1, ...rows.map(({ values }) => values.reduce((a, b) => a + b, 0)));
  const lines = rows.map(({ label, values, text }) => {
    let x = 0;
    const shapes = values.map((value, i) => {
      const width = (value / most) * 100;
      x += width;
      return `<rect class="${series[i]?.tone ?? "one"}" x="${fixed(x - width)}" width="${fixed(width)}" height="1"/>`;
    });
    const bar = stretched("0 0 100 1", shapes.join(""));
    return `<span>${escape(label)}</span>${bar}<b>${escape(text)}</b>`;
  });
  return `${legend(series)}<div class="bars">${lines.join("\n")}</div>`;
}

function curves({ series, atMs, marks }: Of<"curves">): string {
  const end = atMs.at(-1) ?? 0;
  const most = Math.max(1, ...series.flatMap(({ values }) => values));
  const x = (ms: number): string => fixed((ms / Math.max(end, 1)) * 1_000);
  const lines = series.map(({ tone, values }) => {
    // In steps: a count stays until the next one.
    const steps = values.map((value, i) => {
      const height = fixed(1_000 - (value / most) * 1_000);
      return i === 0 ? `M0 ${height}` : `H${x(atMs[i] ?? 0)}V${height}`;
    });
    return `<path class="line ${tone}" d="${steps.join("")}"/>`;
  });
  const ticks = marks.atMs.map((ms) => `<path class="mark" d="M${x(ms)} 0V1000"/>`);
  const grid = '<path class="grid" d="M0 0H1000M0 500H1000"/>';
  const name = { name: marks.name, tone: "dashed" } as const;
  return `${legend([...series, ...(ticks.length > 0 ? [name] : [])])}<div class="plot">
<div class="axis up"><span>${toText(most)}</span><span>${toText(most / 2)}</span><span>0</span></div>
${stretched("0 0 1000 1000", grid + ticks.join("") + lines.join(""))}
${axis(0, end / 2, end)}</div>`;
}

function histogram({ name, distribution }: Of<"histogram">): string {
  const { counts, stepMs, medianMs, p99Ms, longestMs } = distribution;
  const most = Math.max(...counts);
  const end = stepMs * counts.length;
  const shapes = counts.map((count, i) => {
    const height = (count / most) * 1_000;
    return `<rect class="one" x="${i + 0.06}" y="${fixed(1_000 - height)}" width="0.88" height="${fixed(height)}"/>`;
  });
  for (const ms of [medianMs, p99Ms])
    shapes.push(`<path class="mark" d="M${fixed(Math.min(ms / stepMs, counts.length))} 0V1000"/>`);
  return `${legend([
    { name, tone: "one" },
    { name: "median and p99", tone: "dashed" },
  ])}<div class="plot">
<div class="axis up"><span>${toText(most)}</span><span>0</span></div>
${stretched(`0 0 ${counts.length} 1000`, shapes.join(""))}
${axis(0, end / 2, end, longestMs > end ? "or more" : "")}</div>`;
}

const NODE = { width: 84, height: 34, right: 138, down: 76 };

function flow({ nodes, links, legend: series }: Of<"flow">): string {
  const { width, height } = NODE;
  const most = Math.max(1, ...links.map(({ amount }) => amount));
  const at = (name: string): { x: number; y: number } => {
    const { column, row } = nodes[name] ?? { column: 0, row: 0 };
    return { x: column * NODE.right, y: row * NODE.down + 1 };
  };
  const shapes = Object.entries(nodes).map(([key, { name }]) => {
    const { x, y } = at(key);
    const box = `<rect class="node" x="${x + 1}" y="${y}" width="${width - 2}" height="${height}" rx="6"/>`;
    return `${box}<text x="${x + width / 2}" y="${y + 21}">${escape(name)}</text>`;
  });
  const arrows = links.map(({ from, to, amount, noun, tone }) => {
    const [a, b] = [at(from), at(to)];
    const isDown = a.x === b.x;
    const [x, y] = isDown ? [a.x + width / 2, a.y + height] : [a.x + width, a.y + height / 2];
    const line = isDown ? `M${x} ${y}V${b.y - 6}` : `M${x} ${y}H${b.x - 6}`;
    const tip = isDown ? `M${x - 8} ${b.y - 8}h16l-8 8z` : `M${b.x - 8} ${y - 8}v16l8 -8z`;
    const middle = (x + b.x) / 2 - 3;
    const text = isDown
      ? `<text class="before" x="${x - 10}" y="${y + 24}">${escape(`${toText(amount)} ${noun}`)}</text>`
      : `<text x="${middle}" y="${y - 9}">${toText(amount)}</text><text x="${middle}" y="${y + 19}">${escape(noun)}</text>`;
    const stroke = fixed(1.5 + (amount / most) * 7);
    return `<path class="line ${tone}" stroke-width="${stroke}" d="${line}"/><path class="tip ${tone}" d="${tip}"/>${text}`;
  });
  return `${legend(series)}<svg class="flow" viewBox="0 0 360 122">${[...shapes, ...arrows].join("\n")}</svg>`;
}

function legend(series: readonly Series[]): string {
  if (series.length < 2) return "";
  const items = series.map(({ name, tone }) => `<span class="key ${tone}">${escape(name)}</span>`);
  return `<p class="legend">${items.join("")}</p>`;
}

function axis(from: number, middle: number, to: number, more = ""): string {
  const [left, center, right] = [from, middle, to].map((ms) => (ms === 0 ? "0" : duration(ms)));
  return `<div class="axis"><span>${left}</span><span>${center}</span><span>${right} ${more}</span></div>`;
}

function stretched(box: string, shapes: string): string {
  return `<svg viewBox="${box}" preserveAspectRatio="none" aria-hidden="true">${shapes}</svg>`;
}

/** As many digits as a pixel needs. */
const fixed = (number: number): string => String(Math.round(number * 100) / 100);

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

export function escape(text: string): string {
  return printable(text).replaceAll(/[&<>"]/g, (mark) => entities[mark] ?? mark);
}
