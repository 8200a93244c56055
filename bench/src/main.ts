import { readFileSync, writeFileSync } from "node:fs";
import { chapters } from "./chapters.ts";
import type { Line } from "./figure.ts";
import { page, type Section, spell, withChapters } from "./report.ts";
import { runChapter } from "./run-chapter.ts";

// pnpm bench                      all chapters; rewrites docs/benchmarks.md
// pnpm bench "in memory"          only chapters with these words in their title; writes nothing
// pnpm bench "in memory" --write  the same; rewrites these chapters of docs/benchmarks.md
const given = process.argv.slice(2).filter((word) => word !== "--");
const words = given.filter((word) => word !== "--write");
const wanted = words.length > 0 ? words.join(" ").toLowerCase() : undefined;

const chosen = chapters.filter(({ title }) => title.toLowerCase().includes(wanted ?? ""));
if (chosen.length === 0) {
  const titles = chapters.map(({ title }) => `  ${title}`).join("\n");
  console.error(`No chapter's title holds "${wanted}". Chapters:\n${titles}`);
  process.exitCode = 1;
}
const sections: Section[] = [];
for (const chapter of chosen) {
  console.log(`\n${chapter.title}`);
  const lines: Line[] = [];
  for await (const line of runChapter(chapter)) {
    console.log(spell(line));
    lines.push(line);
  }
  sections.push({ title: chapter.title, lines });
}

const isWhole = wanted === undefined;
if (isWhole || (given.includes("--write") && sections.length > 0)) {
  const target = new URL("../../docs/benchmarks.md", import.meta.url);
  const text = isWhole ? page(sections) : withChapters(readFileSync(target, "utf8"), sections);
  writeFileSync(target, text);
  console.log("\nWritten to docs/benchmarks.md");
}
