import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Pages for users. */
export const pages = globSync(["*.md", "docs/**/*.md", "{packages,apps,testing}/*/README.md"], {
  cwd: root,
}).toSorted();

/** A `ts` block of a page. */
export interface DocBlock {
  readonly line: number;
  readonly code: string;
  /** A block marked `static` is an excerpt with names of the reader's program: its types are checked, but it is not run. */
  readonly isProgram: boolean;
}

export function blocksOf(page: string): DocBlock[] {
  const text = readFileSync(`${root}/${page}`, "utf8");
  return [...text.matchAll(/^```ts( static)?\n(.*?)^```$/gms)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    code: match[2] as string,
    isProgram: match[1] === undefined,
  }));
}
