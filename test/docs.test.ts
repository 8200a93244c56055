import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = [
  "README.md",
  ...globSync(["docs/**/*.md", "packages/*/README.md", "apps/*/README.md"], { cwd: root }),
];

/** TypeScript blocks of a page; those marked `static` stand for code of the reader's and are not run. */
function programsOf(page: string): { line: number; code: string }[] {
  const text = readFileSync(`${root}/${page}`, "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    code: match[1] as string,
  }));
}

function run(code: string): Promise<{ error: unknown; stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--conditions=@syntha/source", "--input-type=module-typescript", "-"],
      { cwd: root, timeout: 15_000 },
      (error, stdout) => resolve({ error, stdout }),
    );
    child.stdin?.end(code);
  });
}

describe.concurrent("the programs in the docs", () => {
  for (const page of pages) {
    for (const { line, code } of programsOf(page)) {
      it(`run as they stand: ${page}:${line}`, async () => {
        const { error, stdout } = await run(code);
        expect(error).toBeNull();
        // A comment behind console.log tells what it prints.
        for (const [, promised] of code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)) {
          expect(stdout).toContain(promised);
        }
      });
    }
  }
});
