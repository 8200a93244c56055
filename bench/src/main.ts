import { writeFileSync } from "node:fs";
import { type Chapter, draw, type Line } from "./figure.ts";
import { growth, opening } from "./growth.ts";
import { memory } from "./memory.ts";
import { postgres } from "./postgres.ts";
import { postgresGrowth } from "./postgres-growth.ts";
import { page, type Section, spell } from "./report.ts";
import { sqlite } from "./sqlite.ts";

// pnpm bench            everything, and docs/benchmarks.md is written anew
// pnpm bench memory     only chapters whose title holds the word; nothing is written
const [wanted] = process.argv.slice(2).filter((word) => word !== "--");
const chapters: readonly Chapter[] = [
  memory,
  ...sqlite,
  postgres,
  ...growth,
  postgresGrowth,
  opening,
];

const sections: Section[] = [];
for (const chapter of chapters) {
  if (wanted !== undefined && !chapter.title.toLowerCase().includes(wanted.toLowerCase())) continue;
  console.log(`\n${chapter.title}`);
  const lines: Line[] = [];
  for await (const figure of chapter.figures()) {
    const line = await draw(figure);
    console.log(spell(line));
    lines.push(line);
  }
  sections.push({ title: chapter.title, lines });
}

if (wanted === undefined) {
  const target = new URL("../../docs/benchmarks.md", import.meta.url);
  writeFileSync(target, page(sections));
  console.log("\nWritten to docs/benchmarks.md");
}
