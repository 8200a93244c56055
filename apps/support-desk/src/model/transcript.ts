import { appendFile } from "node:fs/promises";
import { extname } from "node:path";

import { DeskError } from "../desk-error.ts";

/** One decision: what the model was asked, what it called and said, and the result or why there is none. */
export type TranscriptEntry = {
  agent: string;
  key: string;
  system: string;
  prompt: string;
  calls: readonly { tool: string; arguments: unknown; answer: object }[];
  decision: unknown;
  failure: string | null;
  [figure: string]: unknown;
};

/** @throws DeskError if the file cannot be written, before any decision costs something */
export async function openTranscript(path: string): Promise<void> {
  await appendFile(path, "").catch((cause: Error) => {
    const hint = "Name a file in an existing folder that you may write.";
    throw new DeskError(`The transcript cannot be written: ${cause.message}.`, hint, cause);
  });
}

/** Appends a line of JSON or a part of a page, by one write, because processes may share the file. */
export async function addToTranscript(path: string, entry: TranscriptEntry): Promise<void> {
  const isPage = extname(path).toLowerCase() === ".md";
  const dated = { at: new Date().toISOString(), ...entry };
  await appendFile(path, isPage ? toMarkdown(dated) : `${JSON.stringify(dated)}\n`);
}

function toMarkdown({ agent, key, ...entry }: TranscriptEntry): string {
  // Keys come from a file.
  const title = `## ${agent}: ${key.replaceAll(/[\s\p{Cc}`]+/gu, " ").slice(0, 300)}`;
  const parts = Object.entries(entry).map(([name, content]) => `${name}:\n\n${fence(content)}`);
  return `${[title, ...parts].join("\n\n")}\n\n`;
}

/** The fence is longer than any row of backticks inside, so that no content ends it. */
function fence(content: unknown): string {
  const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([row]) => row.length));
  const mark = "`".repeat(longest + 1);
  return `${mark}\n${text}\n${mark}`;
}
