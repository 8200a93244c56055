import { readFileSync } from "node:fs";
import { root } from "./root.ts";

/** The output that comments after `console.log(…);` promise. */
export interface Program {
  readonly code: string;
  readonly promised: readonly string[];
}

/** The first program of a page, or after one of its headings. */
export function firstProgramOf(page: string, heading?: string): Program {
  const whole = readFileSync(new URL(page, root), "utf8");
  const text = heading === undefined ? whole : (whole.split(`\n## ${heading}\n`)[1] ?? "");
  const code = /^```ts\n(.*?)^```$/ms.exec(text)?.[1];
  if (code === undefined) throw new Error(`No program in ${page}${heading ? `, ${heading}` : ""}.`);
  const comments = code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm);
  return { code, promised: [...comments].map(([, promise]) => promise as string) };
}

/** @throws Error that names missing output */
export function checkPrinted({ promised }: Program, printed: string): void {
  const lines = printed.split(/\r?\n/);
  const missing = promised.find((text) => !lines.includes(text));
  if (missing !== undefined) throw new Error(`Missing output "${missing}" in:\n${printed}`);
}
