import { constants } from "node:fs";
import { access, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";

import type { Report } from "./report.ts";
import { toHtml } from "./to-html.ts";
import { toTerminal } from "./to-terminal.ts";

const writers: Readonly<Record<string, (report: Report) => string>> = {
  ".html": toHtml,
  ".json": (report) => `${JSON.stringify(report, null, 2)}\n`,
  ".txt": (report) => toTerminal(report),
};

export const reportFormats = Object.keys(writers);

/** Rejects when a report can't be written there, before there is one. */
export async function checkReportFile(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK);
}

/** Writes a report in the format that the file's name ends with. */
export async function writeReport(path: string, report: Report): Promise<void> {
  const write = writers[extname(path).toLowerCase()];
  if (write === undefined) throw new Error(`No report ends with "${extname(path)}".`);
  await writeFile(path, write(report));
}
