import { readFileSync } from "node:fs";
import { root } from "./root.ts";

/** What a program's comments behind `console.log(…);` promise that it prints. */
export interface Program {
  readonly code: string;
  readonly promised: readonly string[];
}

/** The program with which a page of the repository begins. */
export function firstProgramOf(page: string): Program {
  const text = readFileSync(new URL(page, root), "utf8");
  const code = /^```ts\n(.*?)^```$/ms.exec(text)?.[1];
  if (code === undefined) throw new Error(`${page} has no program.`);
  const comments = code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm);
  return { code, promised: [...comments].map(([, promise]) => promise as string) };
}

/** @throws Error that names what the program did not print */
export function checkPrinted({ promised }: Program, printed: string): void {
  const lines = printed.split(/\r?\n/);
  const missing = promised.find((text) => !lines.includes(text));
  if (missing !== undefined) throw new Error(`It did not print "${missing}", but:\n${printed}`);
}
