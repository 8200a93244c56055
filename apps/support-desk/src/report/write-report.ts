import { writeFile } from "node:fs/promises";
import { extname } from "node:path";

import type { Report } from "./report.ts";
import { toSections } from "./sections.ts";
import { toHtml } from "./to-html.ts";
import { toMarkdown } from "./to-markdown.ts";

const writers: Readonly<Record<string, (report: Report) => string>> = {
  ".json": (report) => `${JSON.stringify(report, null, 2)}\n`,
  ".md": (report) => toMarkdown(toSections(report)),
  ".html": (report) => toHtml(toSections(report)),
};

export const reportFormats = Object.keys(writers);

/** Writes a report in the format that the file's name ends with. */
export async function writeReport(path: string, report: Report): Promise<void> {
  const write = writers[extname(path).toLowerCase()];
  if (write === undefined) throw new Error(`No report ends with "${extname(path)}".`);
  await writeFile(path, write(report));
}
