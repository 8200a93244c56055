// Counts words that make technical English hard to read, per package and per 10,000 lines, and prints the counts beside
// those of well-known codebases. Some occurrences are correct, so it only reports.
// With `--list WORD` it prints every occurrence of a word, flagged or not. Runs without dependencies.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMPARED, FLAGGED_WORDS, occurrencesOf } from "./flagged-words.mjs";

/** @typedef {"source" | "tests" | "docs"} Kind */
/** @typedef {{ path: string, area: string, kind: Kind, text: string, lines: number }} Text */

/** @type {Kind[]} */
const KINDS = ["source", "tests", "docs"];
const root = fileURLToPath(new URL("..", import.meta.url));

const texts = readTexts();
const listed = process.argv.indexOf("--list");
if (listed < 0) printCounts();
else
  printOccurrences(
    process.argv
      .slice(listed + 1)
      .join(" ")
      .toLowerCase(),
  );

/** @returns {Text[]} all files of code or prose in Git, except the list of words */
function readTexts() {
  const args = [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    "*.ts",
    "*.mjs",
    "*.md",
  ];
  const paths = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n");
  return paths
    .filter((path) => path !== "" && !path.includes("flagged-words") && existsSync(root + path))
    .map((path) => {
      const text = readFileSync(root + path, "utf8");
      const lines = text.split("\n").length - 1;
      return { path, area: areaOf(path), kind: kindOf(path), text, lines };
    });
}

/** @param {string} path */
function areaOf(path) {
  return /^(?:(?:packages|apps|testing)\/[^/]+(?=\/)|[^/]+(?=\/))/.exec(path)?.[0] ?? "root";
}

/**
 * @param {string} path
 * @returns {Kind}
 */
function kindOf(path) {
  if (path.endsWith(".md")) return "docs";
  return /(^|\/)test\//.test(path) ? "tests" : "source";
}

function printCounts() {
  const found = texts.flatMap(({ area, kind, text }) =>
    FLAGGED_WORDS.map(({ name, forms }) => {
      return { area, kind, name, count: occurrencesOf(forms, text).length };
    }),
  );
  const rateOf = (/** @type {string} */ name, /** @type {Kind} */ kind) =>
    rate(
      sum(found.filter((each) => each.name === name && each.kind === kind)),
      linesOf(texts.filter((each) => each.kind === kind)),
    );

  const words = FLAGGED_WORDS.map((word) => {
    return { ...word, count: sum(found.filter((each) => each.name === word.name)) };
  });
  printTable(
    ["word", "found", ...KINDS, "elsewhere", "write instead"],
    words
      .toSorted((a, b) => b.count - a.count)
      .map(({ name, count, elsewhere, instead }) => [
        name,
        String(count),
        ...KINDS.map((kind) => rateOf(name, kind)),
        elsewhere?.toFixed(1) ?? "",
        instead,
      ]),
  );
  console.log(`
Per 10,000 lines, except "found". "elsewhere" is the source of well-known TypeScript codebases:
${COMPARED.join(", ")}.
`);

  const areas = [...new Set(texts.map(({ area }) => area))].map((area) => {
    const counts = found.filter((each) => each.area === area);
    return { area, counts, lines: linesOf(texts.filter((each) => each.area === area)) };
  });
  const rows = areas
    .toSorted((a, b) => sum(b.counts) / b.lines - sum(a.counts) / a.lines)
    .map(({ area, counts, lines }) => [
      area,
      String(lines),
      String(sum(counts)),
      rate(sum(counts), lines),
      mostOftenOf(counts),
    ]);
  const lines = linesOf(texts);
  rows.push(["in all", String(lines), String(sum(found)), rate(sum(found), lines), ""]);
  printTable(["part", "lines", "found", "per 10,000", "most often"], rows);
}

/** @param {string} word */
function printOccurrences(word) {
  const forms = FLAGGED_WORDS.find(
    (each) => each.forms.includes(word) || each.name === word,
  )?.forms;
  for (const { path, text } of texts) {
    for (const each of occurrencesOf(forms ?? [word], text))
      console.log(`${path}:${each.line}: ${each.text}`);
  }
}

/** @param {readonly { name: string, count: number }[]} counts */
function mostOftenOf(counts) {
  return FLAGGED_WORDS.map(({ name }) => {
    return { name, count: sum(counts.filter((each) => each.name === name)) };
  })
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, 5)
    .map(({ name, count }) => `${name} ${count}`)
    .join(", ");
}

/** @param {readonly { count: number }[]} counts */
function sum(counts) {
  return counts.reduce((total, { count }) => total + count, 0);
}

/** @param {readonly Text[]} counted */
function linesOf(counted) {
  return counted.reduce((total, { lines }) => total + lines, 0);
}

/**
 * @param {number} count
 * @param {number} lines
 */
function rate(count, lines) {
  return lines === 0 ? "" : ((count * 10_000) / lines).toFixed(1);
}

/**
 * @param {readonly string[]} head
 * @param {readonly string[][]} rows
 */
function printTable(head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return /^[\d.]+$|^$/.test(cell) || (row === head && column > 0 && column < head.length - 1)
        ? cell.padStart(width)
        : cell.padEnd(width);
    });
    console.log(cells.join("  ").trimEnd());
  }
}
