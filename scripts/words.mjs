// Counts words that make technical English hard to read, per package and per 10,000 lines, and prints the counts beside
// those of well-known codebases. Some occurrences are correct, so it only reports.
// With `--list WORD` it prints every occurrence of a word, flagged or not. Runs without dependencies.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COMPARED, FLAGGED_WORDS, occurrencesOf } from "./flagged-words.mjs";

const KINDS = ["source", "tests", "docs"];
const root = fileURLToPath(new URL("..", import.meta.url));

const patterns = ["*.ts", "*.mjs", "*.md"];
const listing = ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...patterns];
/** All files of code or prose in Git, except the list of words. */
const texts = execFileSync("git", listing, { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "" && !path.includes("flagged-words") && existsSync(root + path))
  .map((path) => {
    const text = readFileSync(root + path, "utf8");
    const area =
      /^(?:(?:packages|apps|testing)\/[^/]+(?=\/)|[^/]+(?=\/))/.exec(path)?.[0] ?? "root";
    const kind = path.endsWith(".md") ? "docs" : /(^|\/)test\//.test(path) ? "tests" : "source";
    return { path, area, kind, text, lines: text.split("\n").length - 1 };
  });
const listed = process.argv.indexOf("--list");
if (listed < 0) printCounts();
else
  printOccurrences(
    process.argv
      .slice(listed + 1)
      .join(" ")
      .toLowerCase(),
  );

function printCounts() {
  const counts = texts.flatMap((text) =>
    FLAGGED_WORDS.map(({ name, forms }) => {
      return { ...text, name, count: occurrencesOf(forms, text.text).length };
    }),
  );
  const words = FLAGGED_WORDS.map(({ name, elsewhere, instead }) => {
    const rates = KINDS.map((kind) => {
      const found = counts.filter((each) => each.kind === kind && each.name === name);
      return [kind, rate(sum(found), found)];
    });
    const found = sum(counts.filter((each) => each.name === name));
    return { word: name, found, ...Object.fromEntries(rates), elsewhere, "write instead": instead };
  });
  console.table(words.toSorted((a, b) => b.found - a.found));
  console.log(`Per 10,000 lines, except "found". "elsewhere" is the source of well-known TypeScript codebases:
${COMPARED.join(", ")}.`);

  const areas = [...new Set(texts.map(({ area }) => area))].map((area) => {
    const files = texts.filter((each) => each.area === area);
    const found = counts.filter((each) => each.area === area && each.count > 0);
    const names = [...new Set(found.map(({ name }) => name))].join(", ");
    return { area, found: sum(found), "per 10,000": rate(sum(found), files), words: names };
  });
  console.table(areas.toSorted((a, b) => b["per 10,000"] - a["per 10,000"]));
  console.log(`In all: ${sum(counts)}, ${rate(sum(counts), texts)} per 10,000 lines.`);
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

/** @param {readonly { count: number }[]} counts */
function sum(counts) {
  return counts.reduce((total, { count }) => total + count, 0);
}

/**
 * @param {number} count
 * @param {readonly { lines: number }[]} counted
 */
function rate(count, counted) {
  const lines = counted.reduce((total, each) => total + each.lines, 0);
  return Math.round((count * 100_000) / Math.max(1, lines)) / 10;
}
